import { type Diagnostic, diagnostic, type ErrorCode, type SourceSpan } from '@sillage/base'
import { isAlias, isCollection, isMap, isScalar, LineCounter, type Node, parseDocument, visit } from 'yaml'

export type YamlPath = readonly (string | number)[]

/** Where things stand in a YAML text. */
export interface Locator {
  /** The place of the value at a path, or of the nearest parent that exists. */
  readonly value: (path: YamlPath) => SourceSpan
  /** The place of the last key of a path. */
  readonly key: (path: YamlPath) => SourceSpan
}

export interface YamlSource {
  /** Plain JSON; undefined where the text is no YAML. */
  readonly value: unknown
  readonly locate: Locator
  readonly diagnostics: readonly Diagnostic[]
}

const longestText = 2_000_000
const mostAliases = 100
/** A pipeline needs some ten; what reads it walks by calling itself. */
const mostLevels = 100

const depthHint = 'a pipeline needs some six levels; was another file named?'

/** Our words where the parser's speak to a programmer. */
const worded: Readonly<Record<string, string>> = {
  MULTIPLE_DOCS: 'The file holds several documents',
  NON_STRING_KEY: 'A key must be a text',
  TAG_RESOLVE_FAILED: 'Tags (!…) have no meaning here',
  RESOURCE_EXHAUSTION: 'The file is nested too deeply',
}

/** Parses YAML 1.2 with positions. Tabs, duplicate keys, several documents and alias bombs are diagnostics, never exceptions. */
export function parseYaml(text: string, file: string): YamlSource {
  if (text.length > longestText)
    return unreadable(file, {
      code: 'yaml_too_long',
      message: `The file has ${text.length} characters; at most ${longestText} are read`,
      hint: 'split it, or name the right file',
    })
  if (text.includes('\0'))
    return unreadable(file, {
      code: 'yaml_binary',
      message: 'This is no text: it holds a NUL character',
      hint: 'name a YAML file',
    })
  const lines = new LineCounter()
  const document = parseDocument(text, {
    lineCounter: lines,
    version: '1.2',
    uniqueKeys: true,
    strict: true,
    stringKeys: true,
    merge: true,
    prettyErrors: false,
  })
  const spanAt = (offset: number): SourceSpan => {
    const { line, col } = lines.linePos(Math.max(0, offset))
    return { file, line: Math.max(1, line), column: Math.max(1, col) }
  }
  const nodeAt = (path: YamlPath) => document.getIn(path, true) as { range?: readonly number[] } | undefined
  const value = (path: YamlPath): SourceSpan => {
    for (let length = path.length; length >= 0; length -= 1) {
      const node = length === 0 ? document.contents : nodeAt(path.slice(0, length))
      if (node?.range) return length === path.length ? spanAt(node.range[0]!) : key(path.slice(0, length))
    }
    return spanAt(0)
  }
  const key = (path: YamlPath): SourceSpan => {
    const last = path.at(-1)
    const parent = path.length <= 1 ? document.contents : document.getIn(path.slice(0, -1), true)
    if (isMap(parent)) {
      const pair = parent.items.find((item) => isScalar(item.key) && String(item.key.value) === String(last))
      if (pair && isScalar(pair.key) && pair.key.range) return spanAt(pair.key.range[0])
    }
    return path.length === 0 ? spanAt(0) : value(path.slice(0, last === undefined ? 0 : path.length))
  }
  const found = [...document.errors, ...document.warnings].map((error) =>
    diagnostic({
      code: `yaml_${error.code.toLowerCase() as Lowercase<typeof error.code>}`,
      message: worded[error.code] ?? firstLine(error.message),
      span: spanAt(error.pos[0]),
      hint: hintFor(error.code, text, lines, error.pos[0]),
    }),
  )
  const locate = { value, key }
  if (found.length > 0) return { value: undefined, locate, diagnostics: found }
  const nesting = checkNesting(document, spanAt)
  if ('flaw' in nesting) return { value: undefined, locate, diagnostics: [nesting.flaw] }
  const { aliases } = nesting
  try {
    return { value: document.toJS({ maxAliasCount: mostAliases }) as unknown, locate, diagnostics: [] }
  } catch (error) {
    const hint = `write the repeated part out: this file has ${aliases} aliases, and they grow when they are nested`
    return {
      value: undefined,
      locate,
      diagnostics: [
        diagnostic({
          code: 'yaml_aliases',
          message: error instanceof Error ? firstLine(error.message) : 'The aliases cannot be resolved',
          span: spanAt(0),
          hint,
        }),
      ],
    }
  }
}

/**
 * Counts the aliases, and refuses what would make a value without end: an alias inside the part that it names (one that names an earlier
 * part can make no cycle), and levels beyond the limit, those that aliases bring along among them.
 */
function checkNesting(
  document: ReturnType<typeof parseDocument>,
  spanAt: (offset: number) => SourceSpan,
): { readonly aliases: number } | { readonly flaw: Diagnostic } {
  let aliases = 0
  let flaw: Diagnostic | undefined
  const deepest = new Map<unknown, number>()
  const anchors = new Map<string, Node>()
  visit(document, {
    Node: (_, node, path) => {
      const levels = path.filter((one) => isCollection(one))
      let depth = levels.length
      if (isAlias(node)) {
        aliases += 1
        const named = anchors.get(node.source)
        if (named && path.includes(named)) flaw = endlessAlias(node.source, spanAt(node.range?.[0] ?? 0))
        depth += deepest.get(named) ?? 0
      } else if (node.anchor !== undefined) anchors.set(node.anchor, node)
      for (const [index, level] of levels.entries())
        deepest.set(level, Math.max(deepest.get(level) ?? 0, depth - index))
      if (depth > mostLevels) flaw ??= tooDeep(spanAt(node.range?.[0] ?? 0))
      return flaw ? visit.BREAK : undefined
    },
  })
  return flaw ? { flaw } : { aliases }
}

function endlessAlias(name: string, span: SourceSpan): Diagnostic {
  return diagnostic({
    code: 'yaml_alias_of_itself',
    message: `The alias *${name} stands inside the part that it names (&${name}), which would have no end`,
    span,
    hint: 'write out what belongs here, or name a part that ends before this line',
  })
}

function tooDeep(span: SourceSpan): Diagnostic {
  return diagnostic({
    code: 'yaml_resource_exhaustion',
    message: `${worded.RESOURCE_EXHAUSTION}: more than ${mostLevels} levels`,
    span,
    hint: depthHint,
  })
}

function unreadable(
  file: string,
  facts: { readonly code: ErrorCode; readonly message: string; readonly hint: string },
): YamlSource {
  const start = { file, line: 1, column: 1 }
  return {
    value: undefined,
    locate: { value: () => start, key: () => start },
    diagnostics: [diagnostic({ ...facts, span: start })],
  }
}

function hintFor(code: string, text: string, lines: LineCounter, offset: number): string {
  const { line } = lines.linePos(offset)
  const around = text
    .split('\n')
    .slice(Math.max(0, line - 2), line)
    .join('\n')
  if (/[{,]\s*[\w-]+:\s*\$\{/.test(around))
    return 'inside { … } write the value in quotes: { path: "${env:X}/a" }'
  if (code === 'TAB_AS_INDENT' || /^\s*\t/m.test(around)) return 'indent with spaces; YAML takes no tabs'
  if (code === 'DUPLICATE_KEY') return 'rename or remove one of the two; a key names one thing'
  if (code === 'TAG_RESOLVE_FAILED') return 'remove the tag, or write the text in quotes'
  if (code === 'NON_STRING_KEY') return 'write the key as one word'
  if (code === 'RESOURCE_EXHAUSTION') return depthHint
  if (code === 'MULTIPLE_DOCS') return 'one pipeline a file: remove the line ---'
  return 'see the line named; most often a quote, a bracket or an indentation is missing just before it'
}

function firstLine(text: string): string {
  return text.split('\n')[0]!
}
