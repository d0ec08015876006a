// What holds for every fault: the catalogue as data.
import { expect, test } from 'vitest'
import { catalogue, findFault } from './catalogue.ts'

test('ids are unique, kebab-case and found', () => {
  const ids = catalogue.map(({ id }) => id)
  expect(new Set(ids).size).toBe(ids.length)
  for (const id of ids) {
    expect(id).toMatch(/^[a-z]+(-[a-z]+)*$/)
    expect(findFault(id)?.id).toBe(id)
  }
})

test.each(catalogue.map((fault) => [fault.id, fault] as const))(
  '%s: parameters have defaults, and refuse what they do not know',
  (_id, fault) => {
    expect(() => fault.parameters.parse({})).not.toThrow()
    expect(fault.parameters.safeParse({ surprise: 1 }).success).toBe(false)
  },
)

test.each(catalogue.map((fault) => [fault.id, fault] as const))(
  '%s: numbers tell their unit, their range and what they are',
  (_id, fault) => {
    for (const [name, value] of Object.entries(fault.parameters.parse({}))) {
      if (typeof value !== 'number') continue
      const refused = fault.parameters.safeParse({ [name]: 1e15 }).error?.issues[0]
      expect(refused?.path).toEqual([name])
      expect(refused?.message).toMatch(/^must be a (whole )?number of .+ from -?[\d.]+ to [\d.]+$/)
    }
  },
)

test.each(catalogue.map((fault) => [fault.id, fault] as const))(
  '%s: acts somewhere, and can be shown on a cluster',
  (_id, fault) => {
    expect(Object.keys(fault.acts).length).toBeGreaterThan(0)
    expect(fault.targets.length).toBeGreaterThan(0)
    expect(fault.example.full ?? fault.example.small).toBeTruthy()
    expect(fault.remedies.length).toBeGreaterThan(0)
  },
)
