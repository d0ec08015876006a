import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { readConfig } from './config.ts'

test('the token may stand in a file, where the environment has none', () => {
  const folder = mkdtempSync(join(tmpdir(), 'faultline-console-config-'))
  onTestFinished(() => rmSync(folder, { recursive: true }))
  const file = join(folder, 'token')
  writeFileSync(file, 'a-token-in-a-file-of-its-own\n')
  expect(readConfig({ FAULTLINE_TOKEN_FILE: file }).token).toBe('a-token-in-a-file-of-its-own')
  const both = { FAULTLINE_TOKEN_FILE: file, FAULTLINE_TOKEN: 'a-token-in-the-environment' }
  expect(readConfig(both).token).toBe('a-token-in-the-environment')
  expect(() => readConfig({ FAULTLINE_TOKEN_FILE: join(folder, 'none') })).toThrow(/FAULTLINE_TOKEN_FILE: .*none/)
  expect(() => readConfig({})).toThrow('FAULTLINE_TOKEN')
})
