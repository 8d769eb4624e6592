// others_macros.h: names that the headers of others define as macros: Qt, X11, Windows, the C library, the
// kernel, curses and many a project's own. Each stands for something that no compiler takes, so that a header
// that uses the name fails wherever it does. Not here: what the standard library itself uses, and what the
// language reserves.

// ---- Qt ----
#undef slots
#define slots @
#undef signals
#define signals @
#undef emit
#define emit @
#undef foreach
#define foreach @
#undef forever
#define forever @
#undef Q_OBJECT
#define Q_OBJECT @
#undef Q_UNUSED
#define Q_UNUSED @
#undef Q_EMIT
#define Q_EMIT @
#undef qDebug
#define qDebug @
#undef qPrintable
#define qPrintable @
#undef qMax
#define qMax @
#undef qMin
#define qMin @

// ---- <complex.h> ----
#undef I
#define I @
#undef _Complex_I
#define _Complex_I @
#undef imaginary
#define imaginary @

// ---- X11 ----
#undef None
#define None @
#undef Status
#define Status @
#undef Bool
#define Bool @
#undef True
#define True @
#undef False
#define False @
#undef Always
#define Always @
#undef NotUseful
#define NotUseful @
#undef WhenMapped
#define WhenMapped @
#undef Success
#define Success @
#undef Complex
#define Complex @
#undef Convex
#define Convex @
#undef Nonconvex
#define Nonconvex @
#undef Above
#define Above @
#undef Below
#define Below @
#undef Opposite
#define Opposite @
#undef Unsorted
#define Unsorted @
#undef YSorted
#define YSorted @
#undef YXSorted
#define YXSorted @
#undef YXBanded
#define YXBanded @
#undef ParentRelative
#define ParentRelative @
#undef CopyFromParent
#define CopyFromParent @
#undef PointerWindow
#define PointerWindow @
#undef InputFocus
#define InputFocus @
#undef PointerRoot
#define PointerRoot @
#undef AnyPropertyType
#define AnyPropertyType @
#undef AnyKey
#define AnyKey @
#undef AnyButton
#define AnyButton @
#undef AllTemporary
#define AllTemporary @
#undef CurrentTime
#define CurrentTime @
#undef NoSymbol
#define NoSymbol @
#undef KeyPress
#define KeyPress @
#undef KeyRelease
#define KeyRelease @
#undef ButtonPress
#define ButtonPress @
#undef ButtonRelease
#define ButtonRelease @
#undef MotionNotify
#define MotionNotify @
#undef EnterNotify
#define EnterNotify @
#undef LeaveNotify
#define LeaveNotify @
#undef FocusIn
#define FocusIn @
#undef FocusOut
#define FocusOut @
#undef KeymapNotify
#define KeymapNotify @
#undef Expose
#define Expose @
#undef NoExpose
#define NoExpose @
#undef GraphicsExpose
#define GraphicsExpose @
#undef VisibilityNotify
#define VisibilityNotify @
#undef CreateNotify
#define CreateNotify @
#undef DestroyNotify
#define DestroyNotify @
#undef UnmapNotify
#define UnmapNotify @
#undef MapNotify
#define MapNotify @
#undef MapRequest
#define MapRequest @
#undef ReparentNotify
#define ReparentNotify @
#undef ConfigureNotify
#define ConfigureNotify @
#undef ConfigureRequest
#define ConfigureRequest @
#undef GravityNotify
#define GravityNotify @
#undef ResizeRequest
#define ResizeRequest @
#undef CirculateNotify
#define CirculateNotify @
#undef CirculateRequest
#define CirculateRequest @
#undef PropertyNotify
#define PropertyNotify @
#undef SelectionClear
#define SelectionClear @
#undef SelectionRequest
#define SelectionRequest @
#undef SelectionNotify
#define SelectionNotify @
#undef ColormapNotify
#define ColormapNotify @
#undef ClientMessage
#define ClientMessage @
#undef MappingNotify
#define MappingNotify @
#undef GenericEvent
#define GenericEvent @
#undef ShiftMask
#define ShiftMask @
#undef LockMask
#define LockMask @
#undef ControlMask
#define ControlMask @
#undef Mod1Mask
#define Mod1Mask @
#undef AnyModifier
#define AnyModifier @
#undef NotifyNormal
#define NotifyNormal @
#undef NotifyGrab
#define NotifyGrab @
#undef NotifyUngrab
#define NotifyUngrab @
#undef NotifyHint
#define NotifyHint @
#undef NotifyAncestor
#define NotifyAncestor @
#undef NotifyVirtual
#define NotifyVirtual @
#undef NotifyInferior
#define NotifyInferior @
#undef PlaceOnTop
#define PlaceOnTop @
#undef PlaceOnBottom
#define PlaceOnBottom @
#undef GrabModeSync
#define GrabModeSync @
#undef GrabModeAsync
#define GrabModeAsync @
#undef GrabSuccess
#define GrabSuccess @
#undef AlreadyGrabbed
#define AlreadyGrabbed @
#undef BadRequest
#define BadRequest @
#undef BadValue
#define BadValue @
#undef BadWindow
#define BadWindow @
#undef BadAtom
#define BadAtom @
#undef BadMatch
#define BadMatch @
#undef BadAccess
#define BadAccess @
#undef BadAlloc
#define BadAlloc @
#undef BadColor
#define BadColor @
#undef BadName
#define BadName @
#undef BadLength
#define BadLength @
#undef BadImplementation
#define BadImplementation @
#undef InputOutput
#define InputOutput @
#undef InputOnly
#define InputOnly @
#undef ForgetGravity
#define ForgetGravity @
#undef NorthGravity
#define NorthGravity @
#undef CenterGravity
#define CenterGravity @
#undef StaticGravity
#define StaticGravity @
#undef IsUnmapped
#define IsUnmapped @
#undef IsViewable
#define IsViewable @
#undef SetModeInsert
#define SetModeInsert @
#undef SetModeDelete
#define SetModeDelete @
#undef DestroyAll
#define DestroyAll @
#undef RetainPermanent
#define RetainPermanent @
#undef RaiseLowest
#define RaiseLowest @
#undef LowerHighest
#define LowerHighest @
#undef PropModeReplace
#define PropModeReplace @
#undef PropModeAppend
#define PropModeAppend @
#undef GXclear
#define GXclear @
#undef GXand
#define GXand @
#undef GXcopy
#define GXcopy @
#undef GXor
#define GXor @
#undef GXset
#define GXset @
#undef LineSolid
#define LineSolid @
#undef LineOnOffDash
#define LineOnOffDash @
#undef CapButt
#define CapButt @
#undef CapRound
#define CapRound @
#undef JoinMiter
#define JoinMiter @
#undef JoinRound
#define JoinRound @
#undef FillSolid
#define FillSolid @
#undef FillTiled
#define FillTiled @
#undef EvenOddRule
#define EvenOddRule @
#undef WindingRule
#define WindingRule @
#undef ClipByChildren
#define ClipByChildren @
#undef CoordModeOrigin
#define CoordModeOrigin @
#undef ArcChord
#define ArcChord @
#undef StaticGray
#define StaticGray @
#undef GrayScale
#define GrayScale @
#undef StaticColor
#define StaticColor @
#undef PseudoColor
#define PseudoColor @
#undef TrueColor
#define TrueColor @
#undef DirectColor
#define DirectColor @
#undef LSBFirst
#define LSBFirst @
#undef MSBFirst
#define MSBFirst @
#undef QueuedAlready
#define QueuedAlready @
#undef AllocNone
#define AllocNone @
#undef AllocAll
#define AllocAll @
#undef Button1
#define Button1 @
#undef Control
#define Control @
#undef XYBitmap
#define XYBitmap @
#undef ZPixmap
#define ZPixmap @
#undef DoRed
#define DoRed @
#undef DoGreen
#define DoGreen @
#undef DoBlue
#define DoBlue @
#undef CursorShape
#define CursorShape @
#undef TileShape
#define TileShape @
#undef StippleShape
#define StippleShape @
#undef FontChange
#define FontChange @
#undef ScreenSaverReset
#define ScreenSaverReset @
#undef Absolute
#define Absolute @

// ---- <windows.h> ----
#undef near
#define near @
#undef far
#define far @
#undef small
#define small @
#undef interface
#define interface @
#undef ERROR
#define ERROR @
#undef IN
#define IN @
#undef OUT
#define OUT @
#undef OPTIONAL
#define OPTIONAL @
#undef CONST
#define CONST @
#undef VOID
#define VOID @
#undef DELETE
#define DELETE @
#undef STRICT
#define STRICT @
#undef RELATIVE
#define RELATIVE @
#undef ABSOLUTE
#define ABSOLUTE @
#undef OPAQUE
#define OPAQUE @
#undef TRANSPARENT
#define TRANSPARENT @
#undef DIFFERENCE
#define DIFFERENCE @
#undef THIS
#define THIS @
#undef PURE
#define PURE @
#undef pascal
#define pascal @
#undef cdecl
#define cdecl @
#undef hyper
#define hyper @
#undef Yield
#define Yield @
#undef GetObject
#define GetObject @
#undef GetMessage
#define GetMessage @
#undef SendMessage
#define SendMessage @
#undef CreateWindow
#define CreateWindow @
#undef CreateFile
#define CreateFile @
#undef CreateProcess
#define CreateProcess @
#undef CreateSemaphore
#define CreateSemaphore @
#undef CreateMutex
#define CreateMutex @
#undef CreateEvent
#define CreateEvent @
#undef OpenEvent
#define OpenEvent @
#undef DrawText
#define DrawText @
#undef FindText
#define FindText @
#undef GetClassName
#define GetClassName @
#undef GetCommandLine
#define GetCommandLine @
#undef GetCurrentTime
#define GetCurrentTime @
#undef GetFreeSpace
#define GetFreeSpace @
#undef GetFirstChild
#define GetFirstChild @
#undef GetUserName
#define GetUserName @
#undef LoadImage
#define LoadImage @
#undef LoadLibrary
#define LoadLibrary @
#undef MessageBox
#define MessageBox @
#undef PlaySound
#define PlaySound @
#undef PostMessage
#define PostMessage @
#undef RegisterClass
#define RegisterClass @
#undef ReportEvent
#define ReportEvent @
#undef SetPort
#define SetPort @
#undef StartDoc
#define StartDoc @
#undef TextOut
#define TextOut @
#undef UpdateResource
#define UpdateResource @
#undef WriteConsole
#define WriteConsole @
#undef CopyFile
#define CopyFile @
#undef MoveFile
#define MoveFile @
#undef DeleteFile
#define DeleteFile @
#undef GetTempPath
#define GetTempPath @
#undef InterlockedExchange
#define InterlockedExchange @
#undef MemoryBarrier
#define MemoryBarrier @
#undef YieldProcessor
#define YieldProcessor @
#undef SearchPath
#define SearchPath @
#undef StrDup
#define StrDup @
#undef NO_ERROR
#define NO_ERROR @
#undef NOERROR
#define NOERROR @
#undef FAILED
#define FAILED @
#undef SUCCEEDED
#define SUCCEEDED @
#undef ERROR_SUCCESS
#define ERROR_SUCCESS @
#undef IGNORE
#define IGNORE @
#undef INFINITE
#define INFINITE @
#undef WAIT_TIMEOUT
#define WAIT_TIMEOUT @
#undef WINAPI
#define WINAPI @
#undef CALLBACK
#define CALLBACK @
#undef APIENTRY
#define APIENTRY @
#undef MAKEWORD
#define MAKEWORD @
#undef LOBYTE
#define LOBYTE @
#undef HIBYTE
#define HIBYTE @
#undef RGB
#define RGB @
#undef EXTERN_C
#define EXTERN_C @
#undef DOMAIN
#define DOMAIN @
#undef OVERFLOW
#define OVERFLOW @
#undef UNDERFLOW
#define UNDERFLOW @
#undef SING
#define SING @
#undef PLOSS
#define PLOSS @
#undef TLOSS
#define TLOSS @
#undef CP_ACP
#define CP_ACP @
#undef UNICODE
#define UNICODE @
#undef TEXT
#define TEXT @
#undef MAX_PATH
#define MAX_PATH @
#undef REGISTERED
#define REGISTERED @
#undef CREATE_NEW
#define CREATE_NEW @

// ---- macOS's AssertMacros.h, and assertion macros elsewhere ----
#undef verify
#define verify @
#undef require
#define require @
#undef check_noerr
#define check_noerr @
#undef verify_noerr
#define verify_noerr @
#undef require_noerr
#define require_noerr @
#undef require_action
#define require_action @
#undef nil
#define nil @
#undef YES
#define YES @
#undef NO
#define NO @
#undef precondition
#define precondition @
#undef ensure
#define ensure @
#undef expect
#define expect @
#undef invariant
#define invariant @
#undef assume
#define assume @
#undef unreachable
#define unreachable @
#undef ASSERT
#define ASSERT @
#undef CHECK
#define CHECK @
#undef VERIFY
#define VERIFY @
#undef REQUIRE
#define REQUIRE @
#undef EXPECT
#define EXPECT @
#undef ENSURE
#define ENSURE @
#undef INVARIANT
#define INVARIANT @
#undef DCHECK
#define DCHECK @
#undef LOG
#define LOG @
#undef TRACE
#define TRACE @
#undef DEBUG
#define DEBUG @
#undef INFO
#define INFO @
#undef WARN
#define WARN @
#undef WARNING
#define WARNING @
#undef FATAL
#define FATAL @
#undef NOTICE
#define NOTICE @
#undef VERBOSE
#define VERBOSE @

// ---- the kernel's and compilers' short names ----
#undef noinline
#define noinline @
#undef always_inline
#define always_inline @
#undef forceinline
#define forceinline @
#undef cold
#define cold @
#undef hot
#define hot @
#undef pure
#define pure @
#undef packed
#define packed @
#undef aligned
#define aligned @
#undef weak
#define weak @
#undef used
#define used @
#undef unused
#define unused @
#undef visibility
#define visibility @
#undef hidden
#define hidden @
#undef hidden_visibility
#define hidden_visibility @
#undef nonnull
#define nonnull @
#undef returns_nonnull
#define returns_nonnull @
#undef malloc_like
#define malloc_like @
#undef flatten_inline
#define flatten_inline @
#undef artificial
#define artificial @
#undef naked
#define naked @
#undef barrier
#define barrier @
#undef mb
#define mb @
#undef rmb
#define rmb @
#undef wmb
#define wmb @
#undef container_of
#define container_of @
#undef ARRAY_SIZE
#define ARRAY_SIZE @
#undef BIT
#define BIT @
#undef GENMASK
#define GENMASK @
#undef BUG
#define BUG @
#undef BUG_ON
#define BUG_ON @
#undef WARN_ON
#define WARN_ON @
#undef cpu_relax
#define cpu_relax @
#undef notrace
#define notrace @
#undef asmlinkage
#define asmlinkage @

// ---- C libraries: <sys/sysmacros.h>, curses, tgmath, S and Perl ----
#undef major
#define major @
#undef minor
#define minor @
#undef makedev
#define makedev @
#undef OK
#define OK @
#undef ERR
#define ERR @
#undef TRUE
#define TRUE @
#undef FALSE
#define FALSE @
#undef EOL
#define EOL @
#undef LINES
#define LINES @
#undef COLS
#define COLS @
#undef BUFSIZE
#define BUFSIZE @
#undef B0
#define B0 @
#undef B50
#define B50 @
#undef ECHO
#define ECHO @
#undef CTRL
#define CTRL @
#undef DELTA
#define DELTA @
#undef PAGE
#define PAGE @
#undef ROUND
#define ROUND @
#undef TIME
#define TIME @
#undef standout
#define standout @
#undef standend
#define standend @
#undef attrset
#define attrset @
#undef attron
#define attron @
#undef attroff
#define attroff @
#undef addch
#define addch @
#undef addstr
#define addstr @
#undef getch
#define getch @
#undef ungetch
#define ungetch @
#undef stdscr
#define stdscr @
#undef curscr
#define curscr @
#undef newscr
#define newscr @
#undef beep
#define beep @
#undef flash
#define flash @
#undef boolnames
#define boolnames @
#undef numnames
#define numnames @
#undef strnames
#define strnames @
#undef auto_left_margin
#define auto_left_margin @
#undef back_color_erase
#define back_color_erase @
#undef can_change
#define can_change @
#undef hard_copy
#define hard_copy @
#undef key_backspace
#define key_backspace @
#undef cursor_address
#define cursor_address @
#undef enter_bold_mode
#define enter_bold_mode @
#undef exit_attribute_mode
#define exit_attribute_mode @
#undef tab
#define tab @
#undef init_tabs
#define init_tabs @
#undef max_colors
#define max_colors @
#undef max_pairs
#define max_pairs @
#undef no_color_video
#define no_color_video @
#undef over_strike
#define over_strike @
#undef semi_auto_right_margin
#define semi_auto_right_margin @
#undef status_line_esc_ok
#define status_line_esc_ok @
#undef xon_xoff
#define xon_xoff @
#undef sa_handler
#define sa_handler @
#undef sa_sigaction
#define sa_sigaction @
#undef si_pid
#define si_pid @
#undef si_uid
#define si_uid @
#undef si_addr
#define si_addr @
#undef si_value
#define si_value @
#undef s6_addr
#define s6_addr @
#undef st_atime
#define st_atime @
#undef st_mtime
#define st_mtime @
#undef st_ctime
#define st_ctime @
#undef d_fileno
#define d_fileno @
#undef h_addr
#define h_addr @
#undef ifr_name
#define ifr_name @
#undef sv_onstack
#define sv_onstack @
#undef ut_name
#define ut_name @
#undef ut_time
#define ut_time @

// ---- configuration files and other projects ----
#undef VERSION
#define VERSION @
#undef PACKAGE
#define PACKAGE @
#undef NAME
#define NAME @
#undef SIZE
#define SIZE @
#undef WIDTH
#define WIDTH @
#undef HEIGHT
#define HEIGHT @
#undef COUNT
#define COUNT @
#undef LENGTH
#define LENGTH @
#undef DEPTH
#define DEPTH @
#undef LIMIT
#define LIMIT @
#undef STATE
#define STATE @
#undef MODE
#define MODE @
#undef KIND
#define KIND @
#undef TYPE
#define TYPE @
#undef FLAGS
#define FLAGS @
#undef INDEX
#define INDEX @
#undef OFFSET
#define OFFSET @
#undef BEGIN
#define BEGIN @
#undef END
#define END @
#undef START
#define START @
#undef STOP
#define STOP @
#undef OPEN
#define OPEN @
#undef CLOSE
#define CLOSE @
#undef READ
#define READ @
#undef WRITE
#define WRITE @
#undef LEFT
#define LEFT @
#undef RIGHT
#define RIGHT @
#undef TOP
#define TOP @
#undef BOTTOM
#define BOTTOM @
#undef FIRST
#define FIRST @
#undef LAST
#define LAST @
#undef NEXT
#define NEXT @
#undef PREV
#define PREV @
#undef HEAD
#define HEAD @
#undef TAIL
#define TAIL @
#undef EMPTY
#define EMPTY @
#undef FULL
#define FULL @
#undef READY
#define READY @
#undef BUSY
#define BUSY @
#undef IDLE
#define IDLE @
#undef DONE
#define DONE @
#undef PENDING
#define PENDING @
#undef RUNNING
#define RUNNING @
#undef WAITING
#define WAITING @
#undef CANCELLED
#define CANCELLED @
#undef UNKNOWN
#define UNKNOWN @
#undef DEFAULT
#define DEFAULT @
#undef AUTO
#define AUTO @
#undef ANY
#define ANY @
#undef ALL
#define ALL @
#undef EVEN
#define EVEN @
#undef ODD
#define ODD @
#undef ON
#define ON @
#undef OFF
#define OFF @
#undef HIGH
#define HIGH @
#undef LOW
#define LOW @
#undef INPUT
#define INPUT @
#undef OUTPUT
#define OUTPUT @
#undef PI
#define PI @
#undef TWO_PI
#define TWO_PI @
#undef HALF_PI
#define HALF_PI @
#undef EPSILON
#define EPSILON @
#undef RAD_TO_DEG
#define RAD_TO_DEG @
#undef DEG_TO_RAD
#define DEG_TO_RAD @
#undef GB
#define GB @
#undef MB
#define MB @
#undef KB
#define KB @
#undef KILO
#define KILO @
#undef MEGA
#define MEGA @
#undef GIGA
#define GIGA @
#undef API
#define API @
#undef EXPORT
#define EXPORT @
#undef IMPORT
#define IMPORT @
#undef PUBLIC
#define PUBLIC @
#undef PRIVATE
#define PRIVATE @
#undef LOCAL
#define LOCAL @
#undef GLOBAL
#define GLOBAL @
#undef STATIC
#define STATIC @
#undef INLINE
#define INLINE @
#undef NOINLINE
#define NOINLINE @
#undef ALIGN
#define ALIGN @
#undef PACKED
#define PACKED @
#undef UNUSED
#define UNUSED @
#undef DEPRECATED
#define DEPRECATED @
#undef LIKELY
#define LIKELY @
#undef UNLIKELY
#define UNLIKELY @
#undef RESTRICT
#define RESTRICT @
#undef ATOMIC
#define ATOMIC @
#undef VOLATILE
#define VOLATILE @
#undef ABORT
#define ABORT @
#undef TRY
#define TRY @
#undef CATCH
#define CATCH @
#undef THROW
#define THROW @
#undef FINALLY
#define FINALLY @
#undef LOCK
#define LOCK @
#undef UNLOCK
#define UNLOCK @
#undef YIELD
#define YIELD @
#undef SPAWN
#define SPAWN @
#undef SYNC
#define SYNC @
#undef JOIN
#define JOIN @
#undef FORK
#define FORK @
#undef TASK
#define TASK @
#undef JOB
#define JOB @
#undef WORKER
#define WORKER @
#undef THREAD
#define THREAD @
#undef POOL
#define POOL @
#undef SCOPE
#define SCOPE @
#undef QUEUE
#define QUEUE @
#undef STEAL
#define STEAL @
#undef PUSH
#define PUSH @
#undef POP
#define POP @
#undef SLEEP
#define SLEEP @
#undef WAKE
#define WAKE @
#undef cilk_spawn
#define cilk_spawn @
#undef cilk_sync
#define cilk_sync @
#undef cilk_for
#define cilk_for @
#undef cilk_scope
#define cilk_scope @
#undef boolean
#define boolean @
#undef dword
#define dword @
#undef uint
#define uint @
#undef ulong
#define ulong @
#undef ushort
#define ushort @
#undef uchar
#define uchar @
#undef u8
#define u8 @
#undef u16
#define u16 @
#undef u32
#define u32 @
#undef u64
#define u64 @
#undef s8
#define s8 @
#undef s16
#define s16 @
#undef s32
#define s32 @
#undef s64
#define s64 @
#undef i8
#define i8 @
#undef i16
#define i16 @
#undef i32
#define i32 @
#undef i64
#define i64 @
#undef f32
#define f32 @
#undef f64
#define f64 @
#undef int8
#define int8 @
#undef int16
#define int16 @
#undef int32
#define int32 @
#undef int64
#define int64 @
#undef uint8
#define uint8 @
#undef uint16
#define uint16 @
#undef uint32
#define uint32 @
#undef uint64
#define uint64 @
#undef len
#define len @
#undef let
#define let @
#undef var
#define var @
#undef def
#define def @
#undef loop
#define loop @
#undef until
#define until @
#undef unless
#define unless @
#undef Private
#define Private @
#undef Public
#define Public @
#undef Protected
#define Protected @
#undef Length
#define Length @
#undef Size
#define Size @
#undef Empty
#define Empty @

// ---- with arguments: macOS's AssertMacros.h, Unreal, LLVM ----
#undef check
#define check(...) @
#undef checkf
#define checkf(...) @
#undef check_string
#define check_string(...) @
#undef verify_action
#define verify_action(...) @

// ---- with arguments: Arduino, PostgreSQL, Node and the kernel ----
#undef K
#define K(...) @
#undef V
#define V(...) @
#undef bit
#define bit(...) @
#undef lowByte
#define lowByte(...) @
#undef highByte
#define highByte(...) @
#undef bitRead
#define bitRead(...) @
#undef bitSet
#define bitSet(...) @
#undef constrain
#define constrain(...) @
#undef sq
#define sq(...) @
#undef likely
#define likely(...) @
#undef unlikely
#define unlikely(...) @
#undef swab
#define swab(...) @
#undef Trap
#define Trap(...) @
#undef Min
#define Min(...) @
#undef Max
#define Max(...) @
#undef Abs
#define Abs(...) @
#undef Data
#define Data(...) @
#undef Swap
#define Swap(...) @
#undef Assert
#define Assert(...) @

// ---- with arguments: curses and <tgmath.h> ----
#undef border
#define border(...) @
#undef box
#define box(...) @
#undef scroll
#define scroll(...) @
#undef chgat
#define chgat(...) @
#undef inch
#define inch(...) @
#undef insch
#define insch(...) @
#undef insertln
#define insertln(...) @
#undef delch
#define delch(...) @
#undef deleteln
#define deleteln(...) @
#undef hline
#define hline(...) @
#undef vline
#define vline(...) @
