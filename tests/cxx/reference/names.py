#!/usr/bin/env python3
"""names.py HEADERS PAGE: docs/iterators.md names all that the chains have in public, and nothing else.

HEADERS is the folder cxx/include/veda. Public are the member functions of par_iter, with those of its base
classes, and of str, and the functions of the namespaces veda and veda::views in FILES. The page names them in
the first cells of its tables:

    `.map(f)`   `str(text).lines()`   `views::transform`   `par_zip(a, b)`, or a step of a pipe: `sum`

Findings: a name that the page lacks; one that no header has; one that no example (a block "cpp veda") uses; a
row without all its cells. Uses the standard library only.
"""
import pathlib
import re
import sys

FILES = ["iter/*.hpp", "sources.hpp", "slices.hpp", "str.hpp", "views.hpp", "for_each_until.hpp",
         "par_map_ordered.hpp"]
# A chain's own, for those who write adaptors: iter/README.md.
INNER = {".drive", ".release", ".base", ".limits"}

NOISE = re.compile(r"//[^\n]*|\"(?:\\.|[^\"\\\n])*\"|'(?:\\.|[^'\\\n])'")
MACRO = re.compile(r"^#define (\w+)\((.*?)\)", re.M)
DIRECTIVE = re.compile(r"^#(?:.*\\\n)*.*$", re.M)
ATTRIBUTE = re.compile(r"\[\[.*?\]\]", re.S)
ACCESS = re.compile(r"\s*(public|private|protected)\s*:(?!:)")
FUNCTION = re.compile(r"(\w[\w:]*)[&*]*\s+(\w+)\s*\(")
OBJECT = re.compile(r"inline constexpr [\w:]+ (\w+)\s*$")

ROW = re.compile(r"^\|(.*)\|$", re.M)
SPAN = re.compile(r"`([^`]+)`")
BLOCK = re.compile(r"^```cpp veda\n(.*?)^```$", re.S | re.M)


# ---- the headers -----------------------------------------------------------------------------------


def bare(text):
    """Without comments, strings and directives; the use of a macro that makes a function `name` is one."""
    text = NOISE.sub(" ", text)
    for macro, parameters in MACRO.findall(text):
        parameters = [p.strip() for p in parameters.split(",")]
        if "name" in parameters:
            place = parameters.index("name")
            use = re.compile(rf"^{macro}\(([^()]*)\)$", re.M)
            text = use.sub(lambda m, at=place: f"auto {m.group(1).split(',')[at].strip()}();", text)
    return DIRECTIVE.sub("", text).replace("= {}", "")


def plain(declaration):
    """Without attributes, and without what stands in angle brackets."""
    kept, depth = [], 0
    text = ATTRIBUTE.sub(" ", declaration)
    for c in text.replace("->", " ").replace("<=", " ").replace(">=", " "):
        depth += c == "<"
        if depth == 0:
            kept.append(c)
        depth -= c == ">" and depth > 0
    return "".join(kept)


def function_in(declaration):
    """The name that this declares: of a function, or of an object that can be called. Else None."""
    if re.search(r"\b(concept|using|friend|operator)\b", declaration):
        return None
    if found := OBJECT.search(declaration):
        return found.group(1)
    # Parentheses before the name belong to a requires clause.
    for found in FUNCTION.finditer(declaration):
        if found.group(1) != "requires" and found.group(2) != "requires":
            return found.group(2)
    return None


class scope:
    def __init__(self, kind, name, open_to_all=True):
        self.kind, self.name, self.open_to_all = kind, name, open_to_all


def scope_of(declaration):
    """What the brace behind this begins."""
    if found := re.search(r"\bnamespace\s+([\w:]*)", declaration):
        return scope("namespace", found.group(1))
    if found := re.search(r"\b(class|struct)\s+(\w+)", declaration):
        return scope("class", found.group(2), found.group(1) == "struct")
    return scope("body", "")


def declarations(text):
    """(scopes around it, declaration) of all that stands outside of functions."""
    scopes, begin = [], 0
    for found in re.finditer(r"[{};]", text):
        declaration = text[begin:found.start()]
        begin = found.end()
        while scopes and (access := ACCESS.match(declaration)):
            scopes[-1].open_to_all = access.group(1) == "public"
            declaration = declaration[access.end():]
        declaration = plain(declaration)
        if not any(s.kind == "body" for s in scopes) and found.group() != "}":
            yield scopes, declaration
        if found.group() == "{":
            scopes.append(scope_of(declaration))
        elif found.group() == "}" and scopes:
            scopes.pop()


def public_names(texts):
    """The names as the page writes them: .map, str.lines, views::transform, par_zip."""
    names, members, groups = set(), {}, {"par_iter"}
    for text in texts:
        for scopes, declaration in declarations(bare(text)):
            space = "::".join(s.name for s in scopes if s.kind == "namespace")
            owner = scopes[-1] if scopes else None
            if re.search(r"\bclass\s+par_iter\b", declaration):
                groups.update(re.findall(r"public detail::(\w+)", declaration))
            name = function_in(declaration)
            if name is None or owner is None:
                continue
            if owner.kind == "class":
                if owner.open_to_all and name != "par_iter":
                    members.setdefault(owner.name, set()).add(name)
            elif space in {"veda", "veda::views"}:
                names.add(name if space == "veda" else f"views::{name}")
    for group in groups:
        names.update(f".{name}" for name in members.get(group, ()))
    names.update("str" if name == "str" else f"str.{name}" for name in members.get("str", ()))
    return names - INNER


# ---- the page --------------------------------------------------------------------------------------


def rows_of(page):
    """The cells of each row of a table, without the head and the line below it."""
    lines = [[cell.strip() for cell in match.split(" | ")] for match in ROW.findall(page)]
    for before, cells in zip([[]] + lines, lines):
        is_line = set("".join(cells)) <= set("-|")
        is_head = cells and cells[0] == "veda"
        if not is_line and not is_head:
            yield cells


def name_in(span):
    """.map(f) -> .map; str(text).lines() -> str.lines; veda::par_zip(a) -> par_zip."""
    span = re.sub(r"^str\([^)]+\)\.", "str.", span.removeprefix("veda::"))
    return re.split(r"[(<]", span, maxsplit=1)[0]


def is_used(name, names, examples):
    """By an example. A step of a pipe needs none if a member has its name."""
    space, _, last = name.rpartition("." if "." in name else "::")
    if "." not in name and f".{last}" in names:
        return True
    pattern = rf"\.{last}[(<]" if "." in name else rf"\b{space or 'veda'}::{last}\b"
    return re.search(pattern, examples) is not None


def findings(texts, page):
    names = public_names(texts)
    examples = "\n".join(BLOCK.findall(page))
    rows = list(rows_of(page))
    listed = {name_in(span) for cells in rows for span in SPAN.findall(cells[0])}
    for cells in rows:
        if len(cells) != 5 or not all(cells):
            yield f"the row of {cells[0]} has not all of its 5 cells"
    for name in sorted(names - listed):
        yield f"the page lacks {name}"
    for name in sorted(listed - names):
        yield f"no header has {name}"
    for name in sorted(names & listed):
        if not is_used(name, names, examples):
            yield f"no example uses {name}"


# ---- this script -----------------------------------------------------------------------------------

HEADER = """
#define VEDA_STEP(name, member) auto name() { return member; }
namespace veda {
namespace detail {
template <class S> class group {
    auto hidden() && { return 0; }
  public:
    // auto commented() {}
    template <class T> requires(sizeof(T) <= 8) && requires(T t) { t.begin(); }
    std::vector<T>* apply(const T& t = {}) && { return again(t); }
  private:
    auto secret() {}
};
auto inner();
}
template <class S> class par_iter : public detail::group<S> {
  public:
    explicit par_iter(S && s) : s_(s) {}
    S& base() noexcept { return s_; }
    auto map() && { if (s_) { return f(s_); } }
};
inline constexpr detail::entry par{};
template <class T> concept likes = requires(T t) { t.map(); };
namespace views {
VEDA_STEP(map, map)
VEDA_STEP(drop, skip)
}
}
"""
TABLE = "| `{}` | it does | — | — | — |\n"
NAMED = [".map(f)", ".apply(x)", "veda::par(v)", "views::map", "views::drop(n)"]
PAGE = "".join(TABLE.format(name) for name in NAMED)
PAGE += "```cpp veda\nveda::par(v).map(f).apply<int>(x) | views::drop(2);\n```\n"
# What is changed in the page or the header, and what must be found wrong then.
WRONG = [
    (("page", "`.apply(x)`", "`.map`"), "the page lacks .apply"),
    (("page", "`views::drop(n)`", "`views::map`"), "the page lacks views::drop"),
    (("page", "`.map(f)`", "`.map(f)`, `.gone()`"), "no header has .gone"),
    (("page", "`.map(f)`", "`.map(f)`, `.secret()`"), "no header has .secret"),
    (("page", "`.map(f)`", "`.map(f)`, `.hidden()`"), "no header has .hidden"),
    (("page", "`.map(f)`", "`.map(f)`, `inner`, `.commented`"), "no header has .commented"),
    (("page", ".apply<int>(x)", ""), "no example uses .apply"),
    (("page", "views::drop(2)", "sum()"), "no example uses views::drop"),
    (("page", "| it does | —", "| —"), "the row of `.map(f)` has not all"),
    (("header", "auto map() &&", "auto map() && {} auto added() &&"), "the page lacks .added"),
    (("header", "par{};", "par{}; template <int N> requires(N > 0) auto fresh();"), "the page lacks fresh"),
]


def blind_spots():
    """Mistakes that this script would not find, and what it would find where nothing is wrong."""
    for finding in findings([HEADER], PAGE):
        yield f"names.py: nothing is wrong, but it says: {finding}"
    for (where, old, new), expected in WRONG:
        header = HEADER.replace(old, new) if where == "header" else HEADER
        page = PAGE.replace(old, new) if where == "page" else PAGE
        if not any(expected in finding for finding in findings([header], page)):
            yield f"names.py: with {new!r} for {old!r} it does not say: {expected}"


def main(headers, page):
    texts = [path.read_text() for pattern in FILES for path in sorted(headers.glob(pattern))]
    found = list(findings(texts, page.read_text())) + list(blind_spots())
    for finding in found:
        print(finding)
    print(f"{len(public_names(texts))} public names, {len(found)} findings")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main(pathlib.Path(sys.argv[1]), pathlib.Path(sys.argv[2])))
