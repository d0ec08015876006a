// What keeps some twenty Node processes small beside each other, with the flags of bin/node-flags.js. Measured on 11 nodes after a minute
// at 20 requests/s: 470 MB with V8's small young generation alone, 410 MB with all of this, at the same CPU time.

/** For glibc, ignored elsewhere: one arena for all threads, and what is freed goes back to the system. */
export const mallocEnvironment = { MALLOC_ARENA_MAX: '1', MALLOC_TRIM_THRESHOLD_: '131072' } as const
