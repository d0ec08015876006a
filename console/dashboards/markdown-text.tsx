// A Markdown tree as elements.
import type { ReactNode } from 'react'
import { Link } from 'wouter'
import { consolePath } from './data-links.ts'
import { type Block, type Inline, parseMarkdown } from './markdown.ts'

export function MarkdownText({ text }: { text: string }) {
  return <div className="markdown">{parseMarkdown(text).map(blockElement)}</div>
}

function blockElement(block: Block, index: number): ReactNode {
  switch (block.kind) {
    case 'heading':
      // The page has its own first heading, and panels theirs.
      return <h4 key={index}>{inlineElements(block.children)}</h4>
    case 'paragraph':
      return <p key={index}>{inlineElements(block.children)}</p>
    case 'code':
      return <pre key={index}>{block.text}</pre>
    case 'list': {
      // biome-ignore lint/suspicious/noArrayIndexKey: texts do not change while they are shown
      const items = block.items.map((item, at) => <li key={at}>{inlineElements(item)}</li>)
      return block.ordered ? <ol key={index}>{items}</ol> : <ul key={index}>{items}</ul>
    }
  }
}

function inlineElements(parts: readonly Inline[]): ReactNode[] {
  return parts.map((part, index) => inlineElement(part, `${index}`))
}

function inlineElement(part: Inline, key: string): ReactNode {
  switch (part.kind) {
    case 'text':
      return part.text
    case 'strong':
      return <strong key={key}>{inlineElements(part.children)}</strong>
    case 'emphasis':
      return <em key={key}>{inlineElements(part.children)}</em>
    case 'code':
      return <code key={key}>{part.text}</code>
    case 'link': {
      const href = consolePath(part.href)
      return href.startsWith('/') ? (
        <Link key={key} href={href}>
          {inlineElements(part.children)}
        </Link>
      ) : (
        <a key={key} href={href} rel="noreferrer" target="_blank">
          {inlineElements(part.children)}
        </a>
      )
    }
  }
}
