import { Validator } from '@seriousme/openapi-schema-validator'
import { expect, test } from 'vitest'
import { z } from 'zod'
import { defineApi } from '../kit/http/api.ts'
import { openApiDocument } from '../kit/http/openapi.ts'
import { gatewayApi } from './contract.ts'
import { aboutShop, publicSchemas } from './openapi.ts'

const document = openApiDocument(gatewayApi, aboutShop)
const text = JSON.stringify(document)

/** What a `$ref` points to; undefined when there is nothing. */
function resolveRef(ref: string): unknown {
  return ref
    .replace(/^#\//, '')
    .split('/')
    .reduce<unknown>((at, key) => (at as Record<string, unknown> | undefined)?.[key], document)
}

test('it is a valid OpenAPI 3.1 document', async () => {
  const result = await new Validator().validate(JSON.parse(text))
  expect(result.errors ?? []).toEqual([])
  expect(result.valid).toBe(true)
})

test('every reference resolves, and every named schema is used', () => {
  const refs = new Set([...text.matchAll(/"\$ref":"([^"]+)"/g)].map((match) => match[1]!))
  expect(refs.size).toBeGreaterThan(10)
  for (const ref of refs) expect(resolveRef(ref), ref).toBeTypeOf('object')
  for (const name of ['Problem', ...Object.keys(publicSchemas)]) expect(refs).toContain(`#/components/schemas/${name}`)
  expect(text).not.toContain('$defs')
})

test('every endpoint is there, with its parameters and no others', () => {
  const { paths } = document as {
    paths: Record<string, Record<string, { operationId: string; parameters?: object[] }>>
  }
  const operations = Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({ path, method, ...operation })),
  )
  expect(operations.map(({ operationId }) => operationId).sort()).toEqual(Object.keys(gatewayApi).sort())
  for (const { path, parameters = [] } of operations) {
    const inPath = [...path.matchAll(/\{(\w+)\}/g)].map((match) => match[1])
    const declared = parameters.filter((parameter) => 'in' in parameter && parameter.in === 'path')
    expect(declared.map((parameter) => 'name' in parameter && parameter.name)).toEqual(inPath)
    expect(path).not.toContain(':')
  }
})

test('an operation says what it takes and what may come of it', () => {
  expect(document).toMatchObject({
    paths: {
      '/api/checkout': {
        post: {
          security: [{ session: [] }],
          parameters: [{ name: 'idempotency-key', in: 'header', required: true, schema: { type: 'string' } }],
          requestBody: {
            required: true,
            content: { 'application/json': { schema: { $ref: '#/components/schemas/Checkout' } } },
          },
          responses: {
            201: { content: { 'application/json': { schema: { $ref: '#/components/schemas/Order' } } } },
            202: { content: { 'application/json': { schema: { $ref: '#/components/schemas/Order' } } } },
            402: { content: { 'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' } } } },
            401: {},
            default: {},
          },
        },
      },
      '/api/search': {
        get: {
          security: [],
          parameters: expect.arrayContaining([
            { name: 'q', in: 'query', required: true, schema: { type: 'string', minLength: 1, maxLength: 80 } },
            {
              name: 'limit',
              in: 'query',
              required: false,
              schema: { type: 'integer', minimum: 1, maximum: 60, default: 24 },
            },
          ]),
        },
      },
    },
    components: { schemas: { SignUp: { required: ['email', 'password', 'name'] } } },
  })
})

test('methods of one path stand together', () => {
  const api = defineApi({
    read: { method: 'GET', path: '/a/:b', summary: 'Read', params: z.object({ b: z.string() }), response: z.string() },
    remove: {
      method: 'DELETE',
      path: '/a/:b',
      summary: 'Remove',
      params: z.object({ b: z.string() }),
      response: z.null(),
    },
  })
  expect(openApiDocument(api, { ...aboutShop, schemas: {} })).toMatchObject({
    paths: { '/a/{b}': { get: { operationId: 'read' }, delete: { operationId: 'remove' } } },
  })
})
