// The resource and the scope of a record: read from their encoded bytes, kept encoded, decoded again for each answer.
// Not kept decoded, because a hostile resource of many tiny attributes is some fifty times larger that way.

import { ProtoReader } from '../otlp/proto-reader.ts'
import { type Attribute, readAttribute, readString } from './any-value.ts'

/** Names that Jaeger gives to resources that do not say which service they are. */
const MISSING_SERVICE = 'missing-service-name'
const EMPTY_SERVICE = 'empty-service-name'
const WRONG_TYPE_SERVICE = 'service-name-wrong-type'

export interface Resource {
  attributes: Attribute[]
  droppedAttributesCount: number
  schemaUrl: string
}

export interface Scope extends Resource {
  name: string
  version: string
}

/** Encoded bytes of a resource or scope, followed by those of its schema URL. */
export interface EncodedHead {
  bytes: Buffer
  headLength: number
}

/** What is asked of resources all the time. */
export interface ServiceIdentity {
  service: string
  instance: string
}

export function decodeResource(head: EncodedHead): Resource {
  const resource: Resource = { attributes: [], droppedAttributesCount: 0, schemaUrl: schemaUrlOf(head) }
  const r = new ProtoReader(head.bytes, 0, head.headLength)
  while (r.more()) {
    const field = r.tag()
    if (field === 1) resource.attributes.push(readAttribute(r))
    else if (field === 2) resource.droppedAttributesCount = r.int32()
    else r.skip()
  }
  return resource
}

export function decodeScope(head: EncodedHead): Scope {
  const scope: Scope = {
    name: '',
    version: '',
    attributes: [],
    droppedAttributesCount: 0,
    schemaUrl: schemaUrlOf(head),
  }
  const r = new ProtoReader(head.bytes, 0, head.headLength)
  while (r.more()) {
    const field = r.tag()
    if (field === 1) scope.name = readString(r)
    else if (field === 2) scope.version = readString(r)
    else if (field === 3) scope.attributes.push(readAttribute(r))
    else if (field === 4) scope.droppedAttributesCount = r.int32()
    else r.skip()
  }
  return scope
}

/** The service's and the instance's names; a resource without a service gets one of the placeholders that Jaeger uses. */
export function identityOf(head: EncodedHead): ServiceIdentity {
  const identity: ServiceIdentity = { service: MISSING_SERVICE, instance: '' }
  for (const { key, value } of decodeResource(head).attributes) {
    if (key === 'service.name') {
      if (value.type !== 'string') identity.service = WRONG_TYPE_SERVICE
      else identity.service = value.value === '' ? EMPTY_SERVICE : value.value
    } else if (key === 'service.instance.id' && value.type === 'string') identity.instance = value.value
  }
  return identity
}

function schemaUrlOf(head: EncodedHead): string {
  return head.bytes.toString('utf8', head.headLength)
}
