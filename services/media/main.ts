// Starts a `media` node.
import '../../otel/sdk/register.ts'
import { fileURLToPath } from 'node:url'
import { required } from '../kit/config.ts'
import { runNode } from '../kit/node.ts'
import { createApp } from './app.ts'

/** The pages are part of the installation; this path leads to them from here and from a bundle two folders below the root alike. */
const pagesDir = fileURLToPath(new URL('../../services/media/pages', import.meta.url))

runNode('media', ({ config, log }) => ({
  app: createApp({ mediaDir: required(config.mediaDir, 'FAULTLINE_MEDIA_DIR'), pagesDir, log }),
}))
