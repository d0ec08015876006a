import { appendFileSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { CliError } from './context.ts'
import { logFilePath, readLogFile } from './log-file.ts'

const folder = mkdtempSync(join(tmpdir(), 'faultline-log-'))
afterAll(() => rmSync(folder, { recursive: true }))

const line = (msg: string) =>
  `${JSON.stringify({ level: 'warn', time: '2024-11-22T22:30:12.345Z', node: 'orders-1', msg, trace_id: 'ab', tries: 2 })}\n`

test('reads whole lines, goes on where it stopped, and starts over in a new file', () => {
  const path = join(folder, 'orders-1.log')
  writeFileSync(path, `${line('one')}Killed\n${line('two')}{"level":"in`)
  const first = readLogFile(path, 'orders-1')
  expect(first?.records.map((record) => record.body)).toEqual(['one', 'Killed', 'two'])
  expect(first?.records[0]).toMatchObject({
    timeMicros: Date.parse('2024-11-22T22:30:12.345Z') * 1_000,
    severity: 'WARN',
    severityNumber: 13,
    traceId: 'ab',
    attributes: { node: 'orders-1', tries: 2 },
  })
  appendFileSync(path, `fo"}\n${line('three')}`)
  const second = readLogFile(path, 'orders-1', first?.nextOffset)
  expect(second?.records.map((record) => record.body)).toEqual(['{"level":"info"}', 'three'])
  expect(readLogFile(path, 'orders-1', second?.nextOffset)?.records).toEqual([])
  writeFileSync(path, line('new'))
  expect(readLogFile(path, 'orders-1', second?.nextOffset)?.records.map((record) => record.body)).toEqual(['new'])
})

test('of a large file only the end is read, without the line that it cuts', () => {
  const path = join(folder, 'load-1.log')
  writeFileSync(path, `${'x'.repeat(5 * 1024 * 1024)}\n${line('last')}`)
  expect(readLogFile(path, 'load-1')?.records.map((record) => record.body)).toEqual(['last'])
})

test('a missing file is no error, a name that leaves the folder is one', () => {
  expect(readLogFile(join(folder, 'none.log'), 'none')).toBeUndefined()
  expect(() => logFilePath(folder, '../../etc/passwd')).toThrow(CliError)
})
