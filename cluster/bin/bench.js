// `npm run bench`: what is measured is what users run.
import { runBundled } from './run-bundled.js'

await runBundled('test/bench/main.ts', 'bench', { flags: ['--expose-gc'], cluster: true })
