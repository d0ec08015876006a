import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'vitest'
import { buildImage } from './image.ts'

test('x', () => {
  const d = '/tmp/imgx'
  rmSync(d, { recursive: true, force: true })
  console.log(buildImage(d))
}, 120000)
