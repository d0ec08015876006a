// What spans have in common, each kept once: services, operations, resources, scopes. An entry lives as long as a stored span uses it,
// so the lists of services and operations never name one without a span.
import {
  decodeResource,
  decodeScope,
  type EncodedHead,
  identityOf,
  type Resource,
  type Scope,
} from '../model/resource.ts'
import { resourceKey, scopeKey } from '../otlp/group-keys.ts'
import type { RecordGroup } from '../otlp/record-batch.ts'
import { InternTable } from '../storage/intern-table.ts'

export interface Operation {
  service: string
  name: string
  /** OTLP span kind: 0 unspecified, 1 internal, 2 server, 3 client, 4 producer, 5 consumer. */
  kind: number
  nameBytes: Buffer
}

interface StoredResource extends EncodedHead {
  service: string
  serviceId: number
  instance: string
}

export interface GroupIds {
  resource: number
  scope: number
}

export class Catalogue {
  private readonly resources: InternTable<StoredResource>
  private readonly scopes: InternTable<EncodedHead>
  private readonly operations: InternTable<Operation>
  /** By name: the id that operations are salted with, and how many resources have it. */
  private readonly services = new Map<string, { id: number; users: number }>()
  private nextServiceId = 1

  constructor(seed: number) {
    this.resources = new InternTable(seed)
    this.scopes = new InternTable(seed)
    this.operations = new InternTable(seed)
  }

  get bytes(): number {
    return this.resources.bytes + this.scopes.bytes + this.operations.bytes
  }

  /** Finds or makes the resource and scope of a group and holds them until `releaseGroup`. */
  takeGroup(bytes: Uint8Array, g: RecordGroup): GroupIds {
    const resource = this.resources.take(resourceKey(bytes, g), 0, (key) => {
      return this.newResource({ bytes: key, headLength: g.resourceEnd - g.resourceStart })
    })
    const scope = this.scopes.take(scopeKey(bytes, g), 0, (key) => ({
      bytes: key,
      headLength: g.scopeEnd - g.scopeStart,
    }))
    return { resource, scope }
  }

  releaseGroup(ids: GroupIds): void {
    this.releaseResource(ids.resource)
    this.scopes.release(ids.scope)
  }

  /** Counts a span's use of a group that the caller holds, and returns the id of its operation, counted too. */
  takeSpan(ids: GroupIds, bytes: Uint8Array, nameStart: number, nameLength: number, kind: number): number {
    const { service, serviceId } = this.resources.get(ids.resource)
    this.resources.retain(ids.resource)
    this.scopes.retain(ids.scope)
    return this.operations.take(
      { bytes, start: nameStart, end: nameStart + nameLength, tailStart: 0, tailEnd: 0 },
      serviceId * 8 + kind,
      (key) => ({ service, name: key.toString('utf8'), kind, nameBytes: key }),
    )
  }

  /** Gives up a span's uses. */
  releaseSpan(operation: number, resource: number, scope: number): void {
    this.operations.release(operation)
    this.scopes.release(scope)
    this.releaseResource(resource)
  }

  operation(id: number): Operation {
    return this.operations.get(id)
  }

  service(resource: number): string {
    return this.resources.get(resource).service
  }

  /** By resource id: a number that stands for its service's name while any span of it is stored. */
  serviceIds(): Float64Array {
    return Float64Array.from({ length: this.resources.idLimit }, (_, id) => this.resources.value(id)?.serviceId ?? 0)
  }

  decodeResource(id: number): Resource {
    return decodeResource(this.resources.get(id))
  }

  decodeScope(id: number): Scope {
    return decodeScope(this.scopes.get(id))
  }

  /** One flag an id, set where an operation, resource or scope satisfies the predicate. */
  matchingOperations(matches: (operation: Operation) => boolean): Uint8Array {
    return flags(this.operations, matches)
  }

  matchingResources(matches: (resource: Resource) => boolean): Uint8Array {
    return flags(this.resources, (head) => matches(decodeResource(head)))
  }

  matchingScopes(matches: (scope: Scope) => boolean): Uint8Array {
    return flags(this.scopes, (head) => matches(decodeScope(head)))
  }

  /** Names of the services that have a span, sorted. */
  serviceNames(): string[] {
    return [...this.services.keys()].sort()
  }

  /** Operations of a service, of one kind if given, sorted by name and kind. */
  operationsOf(service: string, kind: number | null): Operation[] {
    const found: Operation[] = []
    for (let id = 0; id < this.operations.idLimit; id++) {
      const operation = this.operations.value(id)
      if (operation?.service === service && (kind === null || operation.kind === kind)) found.push(operation)
    }
    return found.sort((a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : a.kind - b.kind))
  }

  private newResource(head: EncodedHead): StoredResource {
    const { service, instance } = identityOf(head)
    const known = this.services.get(service)
    if (known) known.users++
    const id = known?.id ?? this.nextServiceId++
    if (!known) this.services.set(service, { id, users: 1 })
    return { ...head, service, serviceId: id, instance }
  }

  private releaseResource(id: number): void {
    const gone = this.resources.release(id)
    if (!gone) return
    // Each stored resource is counted at its service.
    const service = this.services.get(gone.service)!
    if (--service.users === 0) this.services.delete(gone.service)
  }
}

function flags<T>(table: InternTable<T>, matches: (value: T) => boolean): Uint8Array {
  const result = new Uint8Array(table.idLimit)
  for (let id = 0; id < result.length; id++) {
    const value = table.value(id)
    if (value !== undefined && matches(value)) result[id] = 1
  }
  return result
}
