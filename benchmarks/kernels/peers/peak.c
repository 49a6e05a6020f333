/* Peak float32 arithmetic of one core, from registers alone: prints one JSON line of GF/s by vector width.
 * Twelve independent accumulators hide the latency of the arithmetic. */
#define _POSIX_C_SOURCE 199309L
#include <stdio.h>
#include <time.h>

#define ROUNDS 30000000L
#define ACCUMULATORS 12
#define EACH(DO) DO(0) DO(1) DO(2) DO(3) DO(4) DO(5) DO(6) DO(7) DO(8) DO(9) DO(10) DO(11)

typedef float v4 __attribute__((vector_size(16)));
typedef float v8 __attribute__((vector_size(32)));
typedef float v16 __attribute__((vector_size(64)));

static double now(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return t.tv_sec + 1e-9 * t.tv_nsec;
}

/* An empty asm that may have changed the register: no step is folded away, and no product joins its sum. */
#define KEEP(a) __asm__ volatile("" : "+v"(a));
#define DECLARE(k) vector a##k = x;
#define FUSED(k) a##k = a##k * x + y; KEEP(a##k)
#define SEPARATE(k) a##k = a##k * x; KEEP(a##k) a##k = a##k + y; KEEP(a##k)

#define MEASURE(name, type, STEP)                                                       \
  static double name(void) {                                                            \
    typedef type vector;                                                                \
    vector x = {0}, y = {0};                                                            \
    KEEP(x)                                                                             \
    KEEP(y)                                                                             \
    EACH(DECLARE)                                                                       \
    double start = now();                                                               \
    for (long round = 0; round < ROUNDS; round++) { EACH(STEP) }                        \
    return 2.0 * ROUNDS * ACCUMULATORS * (sizeof(type) / 4) / (now() - start) / 1e9;    \
  }

MEASURE(separate128, v4, SEPARATE)
#ifdef __FMA__
MEASURE(fused128, v4, FUSED)
MEASURE(fused256, v8, FUSED)
#endif
#ifdef __AVX512F__
MEASURE(fused512, v16, FUSED)
#endif

int main(void) {
  printf("{\"128 bits, multiply and add\": %.1f", separate128());
#ifdef __FMA__
  printf(", \"128 bits, fused\": %.1f, \"256 bits, fused\": %.1f", fused128(), fused256());
#endif
#ifdef __AVX512F__
  printf(", \"512 bits, fused\": %.1f", fused512());
#endif
  printf("}\n");
}
