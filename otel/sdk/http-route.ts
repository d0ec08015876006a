// Tells the instrumentation of node:http which route a request took: the template, for `http.route` and the server span's name.
// Our router knows it, so express itself needs no instrumentation, which would wrap every layer of every request.
import { context } from '@opentelemetry/api'
import { getRPCMetadata, RPCType } from '@opentelemetry/core'

/** @param route template such as `/products/:productId`; must be of low cardinality */
export function setHttpRoute(route: string): void {
  const current = currentHttpRoute()
  if (current) current.route = route
}

/** Where the instrumentation looks the route up when the request is over; undefined where nothing is traced. */
export function currentHttpRoute(): { route?: string } | undefined {
  const metadata = getRPCMetadata(context.active())
  return metadata?.type === RPCType.HTTP ? metadata : undefined
}
