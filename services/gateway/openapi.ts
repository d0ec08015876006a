// The OpenAPI 3.1 document of an API table: what routes.ts enforces, written down for people and tools. Pure; knows no server.
import { z } from 'zod'
import type { Api, EndpointSpec } from '../kit/http/api.ts'
import { Problem } from '../kit/http/errors.ts'
import { Address, Basket, Checkout, Order } from '../orders/contract.ts'
import { Category, Product, ProductPage, ProductSummary } from '../products/contract.ts'
import { Recommendations } from '../recommendations/contract.ts'
import { LogIn, Session, SignUp, User } from '../users/contract.ts'

/** Schemas that the document names; all others stand where they are used. */
export const publicSchemas = {
  Address,
  Basket,
  Category,
  Checkout,
  LogIn,
  Order,
  Product,
  ProductPage,
  ProductSummary,
  Recommendations,
  Session,
  SignUp,
  User,
} satisfies Record<string, z.ZodType>

type JsonSchema = Record<string, unknown>
type Direction = 'input' | 'output'

/** https://spec.openapis.org/oas/v3.1.0 */
export function openApiDocument(api: Api, named: Record<string, z.ZodType>): JsonSchema {
  const schemas = new SchemaWriter({ Problem, ...named })
  const paths: Record<string, JsonSchema> = {}
  for (const [name, endpoint] of Object.entries(api)) {
    const path = endpoint.path.replace(/:(\w+)/g, '{$1}')
    paths[path] = { ...paths[path], [endpoint.method.toLowerCase()]: operation(name, endpoint, schemas) }
  }
  return {
    openapi: '3.1.0',
    info: {
      title: 'Faultline shop',
      version: '1',
      description:
        'Errors are problem details (RFC 9457). Every answer names its trace in `traceresponse` and `x-trace-id`. ' +
        'A read that carries the `x-read-after` of a checkout sees that checkout’s effects.',
      license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
    },
    servers: [{ url: '/' }],
    paths,
    components: {
      schemas: schemas.written,
      securitySchemes: {
        session: { type: 'http', scheme: 'bearer', bearerFormat: 'JWT', description: 'The token of a session' },
      },
    },
  }
}

function operation(name: string, endpoint: EndpointSpec, schemas: SchemaWriter): JsonSchema {
  const parameters = [
    ...parametersIn('path', endpoint.params, schemas),
    ...parametersIn('query', endpoint.query, schemas),
    ...parametersIn('header', endpoint.headers, schemas),
  ]
  return {
    operationId: name,
    summary: endpoint.summary,
    ...(endpoint.authenticated ? { security: [{ session: [] }] } : { security: [] }),
    ...(parameters.length > 0 ? { parameters } : {}),
    ...(endpoint.body
      ? { requestBody: { required: true, content: jsonContent(schemas.write(endpoint.body, 'input')) } }
      : {}),
    responses: responses(endpoint, schemas),
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

function responses(endpoint: EndpointSpec, schemas: SchemaWriter): JsonSchema {
  const success = jsonContent(schemas.write(endpoint.response, 'output'))
  const problem = { 'application/problem+json': { schema: schemas.write(Problem, 'output') } }
  const takesInput = endpoint.params ?? endpoint.query ?? endpoint.headers ?? endpoint.body
  const descriptions: Record<number, string> = {
    [endpoint.status ?? 200]: 'Done',
    ...(takesInput ? { 400: 'The request is not valid; `errors` names each field' } : {}),
    ...(endpoint.authenticated ? { 401: 'There is no session, or it has expired' } : {}),
    ...(endpoint.body ? { 413: 'The body is too large', 415: 'The body is not JSON' } : {}),
    ...endpoint.otherResponses,
  }
  const byStatus = Object.entries(descriptions).map(([status, description]) => {
    return [status, { description, content: Number(status) < 300 ? success : problem }]
  })
  return { ...Object.fromEntries(byStatus), default: { description: 'The shop failed to answer', content: problem } }
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
