// The part of Markdown that text panels use, as a tree: headings, paragraphs, lists, code, emphasis, links. It makes no HTML, so that
// nothing in a text can become an element of its own.

export type Inline =
  | { kind: 'text'; text: string }
  | { kind: 'strong' | 'emphasis'; children: readonly Inline[] }
  | { kind: 'code'; text: string }
  | { kind: 'link'; href: string; children: readonly Inline[] }

export type Block =
  | { kind: 'heading'; level: number; children: readonly Inline[] }
  | { kind: 'paragraph'; children: readonly Inline[] }
  | { kind: 'list'; ordered: boolean; items: readonly (readonly Inline[])[] }
  | { kind: 'code'; text: string }

const bullet = /^\s*(?:[-*+]|(\d+)[.)])\s+(.*)$/

export function parseMarkdown(text: string): Block[] {
  const lines = text.split(/\r?\n/)
  const blocks: Block[] = []
  let at = 0
  const take = (wanted: (line: string) => boolean): string[] => {
    const start = at
    while (at < lines.length && wanted(lines[at] ?? '')) at++
    return lines.slice(start, at)
  }
  while (at < lines.length) {
    const line = lines[at] ?? ''
    if (line.trim() === '') {
      at++
    } else if (line.startsWith('```')) {
      at++
      blocks.push({ kind: 'code', text: take((next) => !next.startsWith('```')).join('\n') })
      at++
    } else if (/^#{1,6}\s/.test(line)) {
      const level = line.indexOf(' ')
      blocks.push({ kind: 'heading', level, children: parseInline(line.slice(level + 1)) })
      at++
    } else if (bullet.test(line)) {
      const ordered = /^\s*\d/.test(line)
      const items: string[] = []
      for (const next of take((candidate) => bullet.test(candidate) || /^\s{2,}\S/.test(candidate))) {
        const item = bullet.exec(next)
        if (item) items.push(item[2] ?? '')
        else items.push(`${items.pop() ?? ''} ${next.trim()}`)
      }
      blocks.push({ kind: 'list', ordered, items: items.map(parseInline) })
    } else {
      const paragraph = take((next) => next.trim() !== '' && !/^(?:#{1,6}\s|```)/.test(next) && !bullet.test(next))
      blocks.push({ kind: 'paragraph', children: parseInline(paragraph.join(' ')) })
    }
  }
  return blocks
}

const inline = /`([^`]+)`|\*\*(.+?)\*\*|__(.+?)__|\*([^*\s][^*]*)\*|\[([^\]]+)\]\(([^)\s]+)\)/

export function parseInline(text: string): Inline[] {
  const parts: Inline[] = []
  let rest = text
  for (;;) {
    const found = inline.exec(rest)
    if (!found) break
    if (found.index > 0) parts.push({ kind: 'text', text: rest.slice(0, found.index) })
    const [all, code, strong, strong2, emphasis, label, href] = found
    if (code !== undefined) parts.push({ kind: 'code', text: code })
    else if (label !== undefined && href !== undefined) parts.push(linkOrText(label, href))
    else if (emphasis !== undefined) parts.push({ kind: 'emphasis', children: parseInline(emphasis) })
    else parts.push({ kind: 'strong', children: parseInline(strong ?? strong2 ?? '') })
    rest = rest.slice(found.index + all.length)
  }
  if (rest !== '') parts.push({ kind: 'text', text: rest })
  return parts
}

/** A link leads within this site or to one over HTTP; anything else is shown as text. */
function linkOrText(label: string, href: string): Inline {
  const safe = /^https?:\/\//i.test(href) || /^[/#?](?!\/)/.test(href)
  return safe ? { kind: 'link', href, children: parseInline(label) } : { kind: 'text', text: label }
}
