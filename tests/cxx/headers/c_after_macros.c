/* c_after_macros.c: the C headers after the macros of others. */
#include <stddef.h>
#include <stdint.h>

#include "others_macros.h"

#include "c_headers.h"

int veda_is_there(void) { return VEDA_OK; }
