// The OpenAPI 3.1 document of an API table: what routes.ts enforces, written down for people and tools. Pure; knows no server.
import { z } from 'zod'
import type { Api, EndpointSpec } from './api.ts'
import { Problem } from './errors.ts'

type JsonSchema = Record<string, unknown>
type Direction = 'input' | 'output'

export type ApiAbout = {
  title: string
  description: string
  /** Schemas that the document names; all others stand where they are used. */
  schemas?: Record<string, z.ZodType>
  security: {
    /** What a caller has to show, for instance `session`. */
    name: string
    scheme: JsonSchema
    /** What 401 means. */
    missing: string
    /** Asked for by every endpoint, not only by those that are `authenticated`. */
    everywhere?: boolean
  }
}

/** https://spec.openapis.org/oas/v3.1.0 */
export function openApiDocument(api: Api, about: ApiAbout): JsonSchema {
  const schemas = new SchemaWriter({ Problem, ...about.schemas })
  const paths: Record<string, JsonSchema> = {}
  for (const [name, endpoint] of Object.entries(api)) {
    const path = endpoint.path.replace(/:(\w+)/g, '{$1}')
    paths[path] = { ...paths[path], [endpoint.method.toLowerCase()]: operation(name, endpoint, about, schemas) }
  }
  return {
    openapi: '3.1.0',
    info: {
      title: about.title,
      version: '1',
      description: about.description,
      license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
    },
    servers: [{ url: '/' }],
    paths,
    components: { schemas: schemas.written, securitySchemes: { [about.security.name]: about.security.scheme } },
  }
}

function operation(name: string, endpoint: EndpointSpec, { security }: ApiAbout, schemas: SchemaWriter): JsonSchema {
  const guarded = security.everywhere === true || endpoint.authenticated === true
  const parameters = [
    ...parametersIn('path', endpoint.params, schemas),
    ...parametersIn('query', endpoint.query, schemas),
    ...parametersIn('header', endpoint.headers, schemas),
  ]
  return {
    operationId: name,
    summary: endpoint.summary,
    security: guarded ? [{ [security.name]: [] }] : [],
    ...(parameters.length > 0 ? { parameters } : {}),
    ...(endpoint.body
      ? { requestBody: { required: true, content: jsonContent(schemas.write(endpoint.body, 'input')) } }
      : {}),
    responses: responses(endpoint, guarded ? security.missing : undefined, schemas),
  }
}

function parametersIn(place: string, schema: z.ZodObject | undefined, schemas: SchemaWriter): JsonSchema[] {
  if (!schema) return []
  return Object.entries(schema.shape).map(([name, field]) => ({
    name,
    in: place,
    required: place === 'path' || !z.safeParse(field, undefined).success,
    schema: schemas.write(field, 'input'),
  }))
}

function responses(endpoint: EndpointSpec, unauthorized: string | undefined, schemas: SchemaWriter): JsonSchema {
  const success = jsonContent(schemas.write(endpoint.response, 'output'))
  const problem = { 'application/problem+json': { schema: schemas.write(Problem, 'output') } }
  const takesInput = endpoint.params ?? endpoint.query ?? endpoint.headers ?? endpoint.body
  const descriptions: Record<number, string> = {
    [endpoint.status ?? 200]: 'Done',
    ...(takesInput ? { 400: 'The request is not valid; `errors` names each field' } : {}),
    ...(unauthorized === undefined ? {} : { 401: unauthorized }),
    ...(endpoint.body ? { 413: 'The body is too large', 415: 'The body is not JSON' } : {}),
    ...endpoint.otherResponses,
  }
  const byStatus = Object.entries(descriptions).map(([status, description]) => {
    return [status, { description, content: Number(status) < 300 ? success : problem }]
  })
  return {
    ...Object.fromEntries(byStatus),
    default: { description: 'It failed to answer', content: problem },
  }
}

function jsonContent(schema: JsonSchema): JsonSchema {
  return { 'application/json': { schema } }
}

/** Writes zod schemas as JSON Schema; named ones once, under components. */
class SchemaWriter {
  readonly written: Record<string, unknown> = {}
  readonly #names = z.registry<{ id: string }>()

  constructor(named: Record<string, z.ZodType>) {
    for (const [id, schema] of Object.entries(named)) this.#names.add(schema, { id })
  }

  /** `input` describes what is accepted, `output` what is sent. */
  write(schema: z.core.$ZodType, direction: Direction): JsonSchema {
    const {
      $schema: _,
      $defs = {},
      ...own
    } = z.toJSONSchema(schema, {
      io: direction,
      metadata: this.#names,
      override: ({ jsonSchema }) => {
        // The format says it all; zod's expressions for it are long.
        if (jsonSchema.format !== undefined) delete jsonSchema.pattern
      },
    })
    for (const [name, definition] of Object.entries($defs)) this.written[name] = relocated(definition)
    return relocated(own)
  }
}

/** zod keeps named schemas under `$defs` of each schema, OpenAPI in one place for all. */
function relocated<T>(schema: T): T {
  return JSON.parse(JSON.stringify(schema).replaceAll('"#/$defs/', '"#/components/schemas/'))
}
