// The editor of a query: PromQL in colours, completion as one types, what is wrong underlined. Enter runs it, Shift+Enter breaks the line.
import { acceptCompletion, autocompletion, closeBrackets, completionKeymap } from '@codemirror/autocomplete'
import { defaultKeymap, history, historyKeymap } from '@codemirror/commands'
import { HighlightStyle, syntaxHighlighting } from '@codemirror/language'
import { EditorState, Prec } from '@codemirror/state'
import { EditorView, keymap, placeholder } from '@codemirror/view'
import { tags } from '@lezer/highlight'
import { PromQLExtension } from '@prometheus-io/codemirror-promql'
import { useEffect, useRef } from 'react'
import { createCompletionClient } from './prom-completion.ts'

type Props = { value: string; onChange: (value: string) => void; onRun: () => void }

const colors = HighlightStyle.define([
  { tag: tags.keyword, color: 'var(--info)', fontWeight: '600' },
  { tag: [tags.operatorKeyword, tags.modifier, tags.operator], color: 'var(--accent)' },
  { tag: tags.string, color: 'var(--ok)' },
  { tag: [tags.number, tags.literal], color: 'var(--warn)' },
  { tag: tags.labelName, color: 'var(--ink-2)', fontWeight: '600' },
  { tag: tags.comment, color: 'var(--ink-3)', fontStyle: 'italic' },
])

const look = EditorView.theme({
  '&': { fontSize: '15px' },
  '&.cm-focused': { outline: 'none' },
  '.cm-content': { fontFamily: 'var(--mono)', padding: '10px 12px', caretColor: 'var(--ink)' },
  '.cm-cursor': { borderLeftColor: 'var(--ink)' },
  '.cm-placeholder': { color: 'var(--ink-3)' },
  '.cm-tooltip': {
    background: 'var(--surface)',
    border: '1px solid var(--line)',
    borderRadius: '6px',
    color: 'var(--ink)',
  },
  '.cm-tooltip-autocomplete > ul > li[aria-selected]': { background: 'var(--accent-soft)', color: 'var(--ink)' },
})

export function PromEditor({ value, onChange, onRun }: Props) {
  const host = useRef<HTMLDivElement>(null)
  const view = useRef<EditorView>(undefined)
  const latest = useRef({ onChange, onRun })
  latest.current = { onChange, onRun }

  // biome-ignore lint/correctness/useExhaustiveDependencies: the first value; later ones come by the next effect
  useEffect(() => {
    const parent = host.current
    if (!parent) return
    const abort = new AbortController()
    const promql = new PromQLExtension().setComplete({ remote: createCompletionClient(abort.signal) })
    const run = () => {
      latest.current.onRun()
      return true
    }
    const made = new EditorView({
      parent,
      state: EditorState.create({
        doc: value,
        extensions: [
          EditorView.cspNonce.of(styleNonce()),
          promql.asExtension(),
          autocompletion(),
          closeBrackets(),
          history(),
          syntaxHighlighting(colors),
          look,
          EditorView.lineWrapping,
          placeholder(
            'A query in PromQL, for instance sum by (service) (rate(http_server_request_duration_seconds_count[30s]))',
          ),
          EditorView.contentAttributes.of({ 'aria-label': 'Query in PromQL', 'aria-multiline': 'true' }),
          Prec.highest(keymap.of([{ key: 'Tab', run: acceptCompletion }])),
          // A list of completions that is open takes the key first.
          keymap.of([...completionKeymap, { key: 'Enter', run }, ...historyKeymap, ...defaultKeymap]),
          EditorView.updateListener.of((update) => {
            if (update.docChanged) latest.current.onChange(update.state.doc.toString())
          }),
        ],
      }),
    })
    view.current = made
    made.focus()
    return () => {
      abort.abort()
      made.destroy()
    }
  }, [])

  useEffect(() => {
    const made = view.current
    if (made && made.state.doc.toString() !== value)
      made.dispatch({ changes: { from: 0, to: made.state.doc.length, insert: value } })
  }, [value])
  return <div ref={host} className="prom-editor" />
}

/** What the page's policy lets style sheets in with. */
function styleNonce(): string {
  const meta = document.querySelector<HTMLMetaElement>('meta[name="style-nonce"]')
  return meta?.content ?? ''
}
