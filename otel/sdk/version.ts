// The version that this process tells of itself: one place for spans, logs and metrics, for it may change while the process runs.
import type { Resource } from '@opentelemetry/resources'
import { ATTR_SERVICE_VERSION } from '@opentelemetry/semantic-conventions'

let built = '0.0.0'
let current = built
let resource: Resource | undefined

export function currentVersion(): string {
  return current
}

/** Notes what was built, and the resource that all spans and logs refer to. */
export function noteBuild(version: string, of: Resource | undefined): void {
  built = version
  resource = of
  setVersion(undefined)
}

/** Undefined for what was built. Spans that are not sent yet bear it, too. */
export function setVersion(version: string | undefined): void {
  current = version ?? built
  // The resource keeps its settled attributes in one object, which exporters read for each batch.
  if (resource) resource.attributes[ATTR_SERVICE_VERSION] = current
}
