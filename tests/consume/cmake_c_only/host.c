/* host.c: knows its plug-in, and nothing of veda. */
#include <stdint.h>
#include <stdio.h>

uint64_t plugin_uses_veda(uint64_t n);

int main(void) {
    const uint64_t counted = plugin_uses_veda(100000);
    printf("the plug-in counted to %llu\n", (unsigned long long)counted);
    return counted == 100000 ? 0 : 1;
}
