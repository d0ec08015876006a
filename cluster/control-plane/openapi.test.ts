import { Validator } from '@seriousme/openapi-schema-validator'
import { expect, test } from 'vitest'
import { controlApi } from './contract.ts'
import { controlDocument, controlReadme } from './openapi.ts'

test('the document is valid OpenAPI 3.1, has every endpoint, and asks each for the token', async () => {
  const document = JSON.parse(JSON.stringify(controlDocument()))
  const { valid, errors = [] } = await new Validator().validate(document)
  expect({ valid, errors }).toEqual({ valid: true, errors: [] })
  const operations = Object.values(document.paths).flatMap((path) => Object.values(path as object))
  expect(operations.map(({ operationId }) => operationId).toSorted()).toEqual(Object.keys(controlApi).toSorted())
  for (const operation of operations)
    expect(operation).toMatchObject({ security: [{ token: [] }], responses: { 401: {} } })
})

test('an injection says what it takes', () => {
  expect(controlDocument()).toMatchObject({
    paths: {
      '/v1/faults': {
        post: {
          requestBody: {
            content: {
              'application/json': {
                schema: {
                  required: ['fault'],
                  properties: { forS: { minimum: 0.1, maximum: 3_600, default: 60 }, secret: { type: 'boolean' } },
                },
              },
            },
          },
        },
      },
    },
  })
})

test('the README names every request', async () => {
  await expect(controlReadme()).toMatchFileSnapshot('./README.md')
})
