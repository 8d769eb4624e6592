/* veda_c_fib.h: the door between the C fork-join in veda_c_fib.c and its main function. */
#ifndef BENCH_VEDA_C_FIB_H
#define BENCH_VEDA_C_FIB_H

#include <veda/veda.h>

VEDA_BEGIN_DECLS
uint64_t bench_c_fib(veda_worker_t* worker, uint32_t n);
VEDA_END_DECLS

#endif
