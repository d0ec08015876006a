// The way from a trace back to the search that found it. It stands in the address, so that a reload and a copied link know it, too.

const NAME = 'back'

/** @param search of the search's address, as `service=orders&limit=50`; empty or missing leaves the path as it is */
export function withWayBack(path: string, search: string | null): string {
  if (!search) return path
  return `${path}${path.includes('?') ? '&' : '?'}${new URLSearchParams({ [NAME]: search })}`
}

/** The same way back, from another trace. */
export function keepWayBack(path: string, params: URLSearchParams): string {
  return withWayBack(path, params.get(NAME))
}

/** The search that the address came from; a bare one where it came from none. */
export function wayBack(params: URLSearchParams): string {
  // Whatever an address says there, it leads to the search.
  const search = new URLSearchParams(params.get(NAME) ?? '').toString()
  return search === '' ? '/traces' : `/traces?${search}`
}
