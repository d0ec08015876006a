// Everything under /storefront.
import { Empty } from '../shell/notices.tsx'

export function StorefrontView() {
  return <Empty title="Storefront" />
}
