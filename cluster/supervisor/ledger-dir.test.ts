import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { furtherLedgerNodes, ledgerDir, ledgerFounders, markLedgerFounded } from './ledger-dir.ts'

let dataDir: string
beforeEach(() => {
  dataDir = mkdtempSync(join(tmpdir(), 'faultline-ledger-dir-'))
})
afterEach(() => rmSync(dataDir, { recursive: true, force: true }))

function member(id: string, ...files: string[]): void {
  mkdirSync(join(ledgerDir(dataDir), id), { recursive: true })
  for (const file of files) writeFileSync(join(ledgerDir(dataDir), id, file), '')
}

test('a ledger is founded once, by the nodes of the size', () => {
  expect(ledgerFounders(dataDir, 'full')).toEqual(['ledger-na', 'ledger-eu', 'ledger-asia'])
  expect(ledgerFounders(dataDir, 'small')).toEqual(['ledger-na'])
  markLedgerFounded(dataDir)
  markLedgerFounded(dataDir)
  expect(ledgerFounders(dataDir, 'full')).toBeUndefined()
})

test('members that the size does not have are started all the same, unless they have left', () => {
  expect(furtherLedgerNodes(dataDir, 'small')).toEqual([])
  member('ledger-na', 'identity.json')
  member('ledger-eu', 'identity.json')
  member('ledger-na-2', 'identity.json')
  member('ledger-asia', 'identity.json', 'left')
  member('ledger-eu-2')
  member('something', 'identity.json')
  const ids = (size: 'small' | 'full') => furtherLedgerNodes(dataDir, size).map(({ id }) => id)
  expect(ids('small').toSorted()).toEqual(['ledger-eu', 'ledger-na-2'])
  expect(ids('full')).toEqual(['ledger-na-2'])
})
