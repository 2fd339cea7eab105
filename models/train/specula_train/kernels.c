// The steps between the matrix products of training, each in one pass over memory; bfloat16 in and out, float32 inside.
// Compiled for the processor at hand when a training process starts (kernels.py). Every function has the same meaning as the
// PyTorch operators it stands for in functions.py; tests hold them to those.

#include <math.h>
#include <stdint.h>
#include <string.h>

typedef uint16_t bf16;

static inline float wide(bf16 x) {
  uint32_t bits = (uint32_t)x << 16;
  float y;
  memcpy(&y, &bits, 4);
  return y;
}

// to the nearest, ties to even
static inline bf16 narrow(float x) {
  uint32_t bits;
  memcpy(&bits, &x, 4);
  return (bf16)((bits + 0x7fff + ((bits >> 16) & 1)) >> 16);
}

// 2^(x / ln 2) from its whole part and a polynomial of the rest; error below 1e-6 of the result
static inline float power(float x) {
  float t = fmaxf(x, -87.0f) * 1.44269504f;
  t = fminf(t, 127.0f);
  float whole = rintf(t), rest = t - whole;
  float y = 1.54035304e-4f;
  y = y * rest + 1.33335581e-3f;
  y = y * rest + 9.61812911e-3f;
  y = y * rest + 5.55041087e-2f;
  y = y * rest + 2.40226507e-1f;
  y = y * rest + 6.93147181e-1f;
  y = y * rest + 1.0f;
  uint32_t bits = (uint32_t)((int32_t)whole + 127) << 23;
  float scale;
  memcpy(&scale, &bits, 4);
  return y * scale;
}

static inline float sigmoid(float x) { return 1.0f / (1.0f + power(-x)); }

// In place over the last of n x rows x columns; causal: row r sees the columns up to columns - rows + r, the others get 0.
void softmax_forward(bf16 *x, long n, long rows, long columns, int causal) {
  float line[columns];
  for (long i = 0; i < n * rows; i++, x += columns) {
    long seen = causal ? columns - rows + i % rows + 1 : columns;
    float most = -3e38f, sum = 0;
#pragma omp simd reduction(max : most)
    for (long j = 0; j < seen; j++) {
      line[j] = wide(x[j]);
      most = fmaxf(most, line[j]);
    }
#pragma omp simd reduction(+ : sum)
    for (long j = 0; j < seen; j++) {
      line[j] = power(line[j] - most);
      sum += line[j];
    }
    float part = 1.0f / sum;
#pragma omp simd
    for (long j = 0; j < seen; j++) x[j] = narrow(line[j] * part);
    memset(x + seen, 0, (columns - seen) * sizeof(bf16));
  }
}

// more, where it is not NULL: a further gradient of the rows from `first` on and of `width` columns from `left` on, all others 0.
void softmax_backward(const bf16 *gradient, const bf16 *weights, bf16 *out, long n, long rows, long columns, int causal,
                      const float *more, long first, long left, long width) {
  float line[columns];
  for (long i = 0; i < n * rows; i++, gradient += columns, weights += columns, out += columns) {
    long row = i % rows, seen = causal ? columns - rows + row + 1 : columns;
#pragma omp simd
    for (long j = 0; j < seen; j++) line[j] = wide(gradient[j]);
    if (more && row >= first) {
#pragma omp simd
      for (long j = 0; j < width; j++) line[left + j] += more[j];
      more += width;
    }
    float dot = 0;
#pragma omp simd reduction(+ : dot)
    for (long j = 0; j < seen; j++) dot += line[j] * wide(weights[j]);
#pragma omp simd
    for (long j = 0; j < seen; j++) out[j] = narrow(wide(weights[j]) * (line[j] - dot));
    memset(out + seen, 0, (columns - seen) * sizeof(bf16));
  }
}

void silu_forward(const bf16 *x, bf16 *out, long n) {
#pragma omp simd
  for (long i = 0; i < n; i++) {
    float a = wide(x[i]);
    out[i] = narrow(a * sigmoid(a));
  }
}

void silu_backward(const bf16 *gradient, const bf16 *x, bf16 *out, long n) {
#pragma omp simd
  for (long i = 0; i < n; i++) {
    float a = wide(x[i]), s = sigmoid(a);
    out[i] = narrow(wide(gradient[i]) * s * (1 + a * (1 - s)));
  }
}

// silu(gate) * up
void gated_forward(const bf16 *gate, const bf16 *up, bf16 *out, long n) {
#pragma omp simd
  for (long i = 0; i < n; i++) {
    float a = wide(gate[i]);
    out[i] = narrow(a * sigmoid(a) * wide(up[i]));
  }
}

void gated_backward(const bf16 *gradient, const bf16 *gate, const bf16 *up, bf16 *to_gate, bf16 *to_up, long n) {
#pragma omp simd
  for (long i = 0; i < n; i++) {
    float a = wide(gate[i]), s = sigmoid(a), g = wide(gradient[i]);
    to_gate[i] = narrow(g * wide(up[i]) * s * (1 + a * (1 - s)));
    to_up[i] = narrow(g * a * s);
  }
}

// x / rms(x) * weight; scale keeps 1 / rms(x) of every row
void norm_forward(const float *x, const float *weight, bf16 *out, float *scale, long rows, long width, float epsilon) {
  for (long i = 0; i < rows; i++, x += width, out += width) {
    float sum = 0;
#pragma omp simd reduction(+ : sum)
    for (long j = 0; j < width; j++) sum += x[j] * x[j];
    float s = scale[i] = 1.0f / sqrtf(sum / width + epsilon);
#pragma omp simd
    for (long j = 0; j < width; j++) out[j] = narrow(x[j] * s * weight[j]);
  }
}

// to_weight is added to
void norm_backward(const bf16 *gradient, const float *x, const float *weight, const float *scale, float *to_x, float *to_weight,
                   long rows, long width) {
  for (long i = 0; i < rows; i++, gradient += width, x += width, to_x += width) {
    float s = scale[i], along = 0;
#pragma omp simd reduction(+ : along)
    for (long j = 0; j < width; j++) along += wide(gradient[j]) * weight[j] * x[j];
    along *= s * s / width;
#pragma omp simd
    for (long j = 0; j < width; j++) {
      float g = wide(gradient[j]);
      to_x[j] = s * (g * weight[j] - x[j] * along);
      to_weight[j] += g * x[j] * s;
    }
  }
}

// Pairs of x (batch x length x heads x width) turned by turns (length x width / 2 pairs of cosine and sine), written as
// batch x heads x length x width; back: from that order to the first one, turned the other way.
void rotate(const bf16 *x, const float *turns, bf16 *out, long batch, long length, long heads, long width, int back) {
  for (long b = 0; b < batch; b++)
    for (long t = 0; t < length; t++)
      for (long h = 0; h < heads; h++) {
        long flat = ((b * length + t) * heads + h) * width, split = ((b * heads + h) * length + t) * width;
        const bf16 *from = x + (back ? split : flat);
        bf16 *to = out + (back ? flat : split);
        const float *turn = turns + t * width;
        float sign = back ? -1.0f : 1.0f;
#pragma omp simd
        for (long j = 0; j < width; j += 2) {
          float a = wide(from[j]), c = wide(from[j + 1]), cosine = turn[j], sine = sign * turn[j + 1];
          to[j] = narrow(a * cosine - c * sine);
          to[j + 1] = narrow(a * sine + c * cosine);
        }
      }
}
