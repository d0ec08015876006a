// Starts a `media` node.
import '../../otel/sdk/register.ts'
import { dirname } from 'node:path'
import { fileURLToPath } from 'node:url'
import { required } from '../kit/config.ts'
import { runNode } from '../kit/node.ts'
import { createApp } from './app.ts'
import { findPagesDir } from './pages-dir.ts'

runNode('media', ({ config, log }) => ({
  app: createApp({
    mediaDir: required(config.mediaDir, 'FAULTLINE_MEDIA_DIR'),
    pagesDir: findPagesDir(dirname(fileURLToPath(import.meta.url))),
    log,
  }),
}))
