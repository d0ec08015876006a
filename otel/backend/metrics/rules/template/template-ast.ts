// The tree of a template: the part of Go's text/template that annotations use.

export type Node =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'action'; readonly pipeline: Pipeline }
  | { readonly kind: 'if' | 'with'; readonly pipeline: Pipeline; readonly body: Node[]; readonly otherwise: Node[] }
  | {
      readonly kind: 'range'
      readonly pipeline: Pipeline
      /** Names of `$i, $x :=`, of `$x :=` or none; without the dollar. */
      readonly variables: readonly string[]
      readonly body: Node[]
      readonly otherwise: Node[]
    }

export interface Pipeline {
  /** `$x := …` declares, `$x = …` assigns; without the dollar. */
  readonly variable?: { readonly name: string; readonly declares: boolean }
  readonly commands: readonly Command[]
}

/** A function with its arguments, or a single operand. */
export interface Command {
  readonly operands: readonly Operand[]
}

export type Operand =
  | { readonly kind: 'literal'; readonly value: string | number | bigint | boolean | null }
  | { readonly kind: 'function'; readonly name: string }
  /** `.A.B`; the fields are empty for `.` itself. */
  | { readonly kind: 'dot'; readonly fields: readonly string[] }
  /** `$x.A.B`; the name is empty for `$`. */
  | { readonly kind: 'variable'; readonly name: string; readonly fields: readonly string[] }
  | { readonly kind: 'pipeline'; readonly pipeline: Pipeline; readonly fields: readonly string[] }

export class TemplateError extends Error {
  constructor(message: string) {
    super(message)
    this.name = 'TemplateError'
  }
}
