//! The work that every runtime is given; equal, step for step, to bench/support/work.hpp.

use std::arch::asm;

/// The compiler must believe that the value is read. (black_box is too young for Debian's rustc.)
#[inline(always)]
pub fn keep<T>(value: &T) {
    unsafe { asm!("/* {0} */", in(reg) value as *const T, options(nostack, preserves_flags)) };
}

#[inline(always)]
pub fn clobber() {
    unsafe { asm!("", options(nostack, preserves_flags)) };
}

#[inline(always)]
fn step(x: u64) -> u64 {
    let mut x = x.wrapping_mul(6364136223846793005).wrapping_add(1442695040888963407);
    unsafe { asm!("/* {0} */", inout(reg) x, options(pure, nomem, nostack, preserves_flags)) };
    x
}

/// Rounds of two steps of six independent multiply-adds; the empty asm keeps compilers from folding
/// them. bench/support/work.hpp says why it is made so.
#[inline]
pub fn chain(x: u64, rounds: u64) -> u64 {
    let mut v = [x, x + 1, x + 2, x + 3, x + 4, x + 5];
    for _ in 0..rounds {
        v = [step(v[0]), step(v[1]), step(v[2]), step(v[3]), step(v[4]), step(v[5])];
        v = [step(v[0]), step(v[1]), step(v[2]), step(v[3]), step(v[4]), step(v[5])];
    }
    v[0] ^ v[1] ^ v[2] ^ v[3] ^ v[4] ^ v[5]
}

pub fn fib_forks(n: u32) -> u64 {
    let (mut a, mut b) = (0u64, 1u64);
    for _ in 0..n {
        let next = a + b;
        a = b;
        b = next;
    }
    b - 1
}

pub fn fib_value(n: u32) -> u64 {
    if n == 0 { 0 } else { fib_forks(n - 1) + 1 }
}

pub fn mix(mut x: u64) -> u64 {
    x = x.wrapping_add(0x9e37_79b9_7f4a_7c15);
    x = (x ^ (x >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    x = (x ^ (x >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    x ^ (x >> 31)
}

pub fn cost_shape(shape: &str, items: usize, unit: u64) -> Vec<u32> {
    (0..items)
        .map(|i| {
            let units = match shape {
                "tail_end" => if i >= items - items / 10 { 10 } else { 1 },
                "tail_start" => if i < items / 10 { 10 } else { 1 },
                "scattered" => if mix(i as u64) % 10 == 0 { 10 } else { 1 },
                "triangular" => return (4 * unit * i as u64 / items as u64) as u32,
                _ => crate::harness::fail(&format!("unknown shape {}", shape)),
            };
            (units * unit) as u32
        })
        .collect()
}
