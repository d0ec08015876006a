// How long what kind of file may be kept by others, and how a version of a file is named. Pure.

const DAY_S = 86_400

/** Caches may go on with an old file for a day when this node is away: an old picture is better than none. */
const whenAway = `stale-if-error=${DAY_S}`

export const cacheControl = {
  /** A picture is made once; it changes only with the catalogue. */
  image: `public, max-age=60, stale-while-revalidate=600, ${whenAway}`,
  page: `public, max-age=10, stale-while-revalidate=60, ${whenAway}`,
}

/** Strong, for a file is always replaced as a whole: its size, and when it was written to the microsecond. */
export function entityTag(file: { size: number; mtimeMs: number }): string {
  return `"${file.size.toString(16)}-${Math.round(file.mtimeMs * 1_000).toString(16)}"`
}
