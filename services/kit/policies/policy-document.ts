// The catalogue of policies as a document for people: README.md of this folder, which a test compares with it.
import { type CataloguedPolicy, policyCatalogue } from './catalogue.ts'
import type { Setting } from './setting.ts'

const head = `# Policies

The remedies as live settings: changed while everything runs, with \`faultline policy\` or over the control plane's API (\`/v1/policies\`).
Written from the catalogue in this folder, one file a topic, by \`npx vitest run services/kit/policies -u\`.

- Settings **of calls** hold from a kind of caller to a kind of callee, and are applied by the caller. Where the cluster needs another
  default, mostly a longer timeout, \`cluster/topology/policies.ts\` has it.
- Settings **of a kind** hold for every node of that kind; those **of the cluster** there are once.
- The code of a node asks for the value each time that it matters, so a change needs no restart. A node that starts later has it, too;
  a new run of the cluster begins with the defaults. In containers, where the control plane restarts by itself, it keeps what was set.

To add one: describe it in the file of its topic, ask for it where it acts (\`policy.NAME\` in calls, \`policy().NAME\` elsewhere), count what
it does in a metric, and test it both ways.
`

export function policyDocument(): string {
  const topics = [...new Set(policyCatalogue.map(({ topic }) => topic))]
  const sections = topics.map((topic) => {
    const policies = policyCatalogue.filter((policy) => policy.topic === topic)
    const rows = policies.map(rowOf).join('\n')
    const title = topic.charAt(0).toUpperCase() + topic.slice(1)
    return `## ${title}\n\nOf ${scopeText(policies[0])}.\n\n| policy | default | range | what it does | helps against |\n| --- | --- | --- | --- | --- |\n${rows}\n`
  })
  return [head, ...sections].join('\n')
}

function scopeText(policy: CataloguedPolicy | undefined): string {
  switch (policy?.scope) {
    case 'call':
      return 'calls'
    case 'kind':
      return 'a kind of node'
    default:
      return 'the cluster'
  }
}

function rowOf({ name, setting }: CataloguedPolicy): string {
  const { does, cures = [], kinds } = setting
  const heeded = kinds ? ` Heeded by ${kinds.join(', ')}.` : ''
  const cells = [`\`${name}\``, valueText(setting), rangeText(setting), does + heeded, cures.join(', ')]
  return `| ${cells.join(' | ')} |`
}

function valueText(setting: Setting): string {
  if (setting.type === 'switch') return setting.default ? 'on' : 'off'
  return setting.type === 'number' ? `${setting.default} ${setting.unit}` : `\`${setting.default}\``
}

function rangeText(setting: Setting): string {
  if (setting.type === 'switch') return 'on, off'
  return setting.type === 'number' ? `${setting.min} to ${setting.max}` : setting.choices.join(', ')
}
