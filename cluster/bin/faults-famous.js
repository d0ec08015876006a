// `npm run faults:famous`: the famous failures, each as an experiment with its figures.
import { runBundled } from './run-bundled.js'

await runBundled('test/famous/main.ts', 'faults-famous', { cluster: true })
