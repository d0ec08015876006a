import { defineConfig } from 'vitest/config'

/** Two clusters on two cores that others use, too: what fails in the gate gets a second chance, which the report names. */
const retry = process.env['CI'] ? 1 : 0

const folders = '{services,otel,cluster,faults,lessons,dashboards,console}'

/** They hold how a cluster looks that is well, or how soon a fault shows. */
const whatANeighbourWouldDisturb = ['test/faults.test.ts', 'test/metrics.test.ts']

export default defineConfig({
  test: {
    testTimeout: 30_000,
    hookTimeout: 120_000,
    projects: [
      {
        extends: true,
        test: { name: 'unit', include: [`${folders}/**/*.test.ts`], maxWorkers: 2, sequence: { groupOrder: 1 } },
      },
      {
        extends: true,
        // Whole clusters, each with ports and a folder of its own. Most of their time they wait, so that two cores carry two at once.
        test: {
          name: 'system',
          include: ['test/**/*.test.ts'],
          exclude: whatANeighbourWouldDisturb,
          maxWorkers: 2,
          retry,
          sequence: { groupOrder: 2 },
        },
      },
      {
        extends: true,
        test: { name: 'alone', include: whatANeighbourWouldDisturb, maxWorkers: 1, retry, sequence: { groupOrder: 3 } },
      },
    ],
  },
})
