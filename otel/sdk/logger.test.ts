import { pino } from 'pino'
import { expect, test } from 'vitest'
import { describeError } from './logger.ts'

test('an error of the database is told without the place in the server’s source where it was raised', () => {
  const source = {
    length: 214,
    where: 'PL/pgSQL function f() line 3',
    file: 'pl_exec.c',
    line: '3911',
    routine: 'raise',
  }
  const inner = { internalQuery: 'SELECT 1', internalPosition: '7' }
  const error = Object.assign(new Error('disk full'), { severity: 'ERROR', code: '53100', ...source, ...inner })
  expect(describeError(error)).toEqual({
    ...{ type: 'Error', message: 'disk full', stack: error.stack },
    ...{ severity: 'ERROR', code: '53100' },
  })
})

test('other errors are told as pino has it, and what is no error as it is', () => {
  const error = Object.assign(new TypeError('wrong', { cause: new Error('why') }), { code: 'E_WRONG' })
  expect(JSON.stringify(describeError(error))).toBe(JSON.stringify(pino.stdSerializers.err(error)))
  expect(describeError('words')).toBe('words')
  expect(describeError(undefined)).toBeUndefined()
})
