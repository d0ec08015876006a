import { defineConfig } from 'vitest/config'

const folders = '{services,otel,cluster,faults,lessons,dashboards,console}'

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
        // Whole clusters: one at a time, for each of them keeps two cores busy.
        test: {
          name: 'system',
          include: ['test/**/*.test.ts'],
          fileParallelism: false,
          maxWorkers: 1,
          sequence: { groupOrder: 2 },
        },
      },
    ],
  },
})
