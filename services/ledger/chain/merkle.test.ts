import { createHash } from 'node:crypto'
import { expect, test } from 'vitest'
import { auditPath, hashLeaf, merkleRoot, rootFromPath } from './merkle.ts'

// The eight inputs and the roots over their first n, as Certificate Transparency's reference implementation tests them.
const inputs = ['', '00', '10', '2021', '3031', '40414243', '5051525354555657', '606162636465666768696a6b6c6d6e6f']
const roots = [
  '6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d',
  'fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125',
  'aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77',
  'd37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7',
  '4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4',
  '76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef',
  'ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c',
  '5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328',
]

const leafOfHex = (hex: string) =>
  createHash('sha256')
    .update(Buffer.concat([Buffer.from([0]), Buffer.from(hex, 'hex')]))
    .digest()

test.each(roots.map((root, index) => [index + 1, root] as const))(
  'the reference root over %i leaves',
  (count, root) => {
    expect(merkleRoot(inputs.slice(0, count).map(leafOfHex)).toString('hex')).toBe(root)
  },
)

test('the root of no leaves is the hash of nothing', () => {
  expect(merkleRoot([])).toEqual(createHash('sha256').digest())
})

test('every leaf of every tree up to 33 leaves is proved by its path, at its own place only', () => {
  for (let count = 1; count <= 33; count++) {
    const leaves = Array.from({ length: count }, (_, index) => hashLeaf(`leaf ${index}`))
    const root = merkleRoot(leaves)
    for (const [index, leaf] of leaves.entries()) {
      const path = auditPath(leaves, index)
      expect(rootFromPath(leaf, index, count, path)).toEqual(root)
      if (count > 1) expect(rootFromPath(leaf, (index + 1) % count, count, path)).not.toEqual(root)
      expect(rootFromPath(leaf, index, count, [...path, root])).toBeUndefined()
      if (path.length > 0) expect(rootFromPath(leaf, index, count, path.slice(1))).not.toEqual(root)
    }
  }
})

test('an inner node cannot be passed off as a leaf', () => {
  const leaves = ['a', 'b', 'c', 'd'].map(hashLeaf)
  const left = merkleRoot(leaves.slice(0, 2))
  const right = merkleRoot(leaves.slice(2))
  const forged = hashLeaf(Buffer.concat([left, right]).toString('latin1'))
  expect(forged).not.toEqual(merkleRoot(leaves))
})

test('a place outside of the tree is refused', () => {
  const leaves = [hashLeaf('a')]
  expect(() => auditPath(leaves, 1)).toThrow(RangeError)
  expect(() => auditPath(leaves, -1)).toThrow(RangeError)
  expect(rootFromPath(hashLeaf('a'), 1, 1, [])).toBeUndefined()
})
