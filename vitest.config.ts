import { defineConfig } from 'vitest/config'

export default defineConfig({
  test: {
    include: ['{services,otel,cluster,faults,lessons,dashboards,console,test}/**/*.test.ts'],
    testTimeout: 30_000,
    hookTimeout: 120_000,
    fileParallelism: true,
    maxWorkers: 2,
  },
})
