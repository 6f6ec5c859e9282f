import { type DefaultTreeAdapterTypes, defaultTreeAdapter, html, parse } from 'parse5'

type Node = DefaultTreeAdapterTypes.Node
type Element = DefaultTreeAdapterTypes.Element

/** Figures as they are printed, with the column and the statement that give them. */
export interface PrintedTable {
  readonly section: string
  readonly caption: string
  readonly columns: readonly { readonly title: string; readonly column: string | undefined }[]
  readonly rows: readonly (readonly string[])[]
  /** The value behind a text that stands for another. */
  readonly values?: readonly (readonly (string | undefined)[])[]
  readonly sql: string | undefined
}

/** A report as a strict parser of HTML reads it. */
export interface Page {
  readonly lang: string
  readonly title: string
  /** What the parser finds wrong. */
  readonly errors: readonly string[]
  readonly sections: readonly { readonly id: string; readonly title: string }[]
  /** Tables, and figures as tables of one row. */
  readonly tables: readonly PrintedTable[]
  readonly findings: readonly string[]
  /** The statement behind the sentences of a section, where it has one. */
  readonly findingsSql: ReadonlyMap<string, string>
  /** The labels of its regions, sections among them. */
  readonly regions: readonly string[]
  /** The text alternatives of the charts. */
  readonly charts: readonly string[]
  /** Where attributes point: src, href, action, data … */
  readonly addresses: readonly string[]
  readonly elements: ReadonlySet<string>
  /** All text that a reader sees, SQL too. */
  readonly text: string
}

const pointing = new Set(['src', 'href', 'xlink:href', 'action', 'data', 'poster', 'srcset'])

/** Reads a page; `errors` has what a strict parser objects to. */
export function readPage(source: string): Page {
  const errors: string[] = []
  const document = parse(source, {
    sourceCodeLocationInfo: true,
    onParseError: ({ code, startLine }) => errors.push(`${startLine}: ${code}`),
  })
  const all = [...walk(document)]
  const named = (name: string): readonly Element[] => all.filter(({ tagName }) => tagName === name)
  const sections = named('section')
  return {
    lang: attribute(named('html')[0]!, 'lang') ?? '',
    title: textOf(named('title')[0]!),
    errors,
    sections: sections.map((section) => ({
      id: attribute(section, 'id') ?? '',
      title: textOf([...walk(section)].find(({ tagName }) => tagName === 'h2')!),
    })),
    tables: sections.flatMap(tablesOf),
    findings: named('ul')
      .filter((list) => attribute(list, 'class') === 'findings')
      .flatMap((list) => [...walk(list)].filter(({ tagName }) => tagName === 'li').map(textOf)),
    findingsSql: new Map(
      sections.flatMap((section) => {
        const sql = findingsSql(section)
        return sql === undefined ? [] : [[attribute(section, 'id') ?? '', sql] as const]
      }),
    ),
    regions: [
      ...sections.map((section) => textOf([...walk(section)].find(({ tagName }) => tagName === 'h2')!)),
      ...all.flatMap((one) =>
        attribute(one, 'role') === 'region' ? [attribute(one, 'aria-label') ?? ''] : [],
      ),
    ],
    charts: named('svg')
      .filter(isWide)
      .map((svg) => attribute(svg, 'aria-label') ?? ''),
    addresses: all.flatMap(({ attrs }) =>
      attrs.filter(({ name }) => pointing.has(name)).map(({ value }) => value),
    ),
    elements: new Set(all.map(({ tagName }) => tagName)),
    text: textOf(named('body')[0]!),
  }
}

/** Each chart is there twice, the second time for narrow screens. */
function isWide({ parentNode }: Element): boolean {
  const parent = parentNode && defaultTreeAdapter.isElementNode(parentNode) ? parentNode : undefined
  return parent === undefined || !/\bnarrow\b/.test(attribute(parent, 'class') ?? '')
}

function findingsSql(section: Element): string | undefined {
  const children = section.childNodes.filter((node) => defaultTreeAdapter.isElementNode(node))
  const list = children.findIndex((child) => attribute(child, 'class') === 'findings')
  const next = list < 0 ? undefined : children[list + 1]
  const code =
    next?.tagName === 'details' ? [...walk(next)].find(({ tagName }) => tagName === 'code') : undefined
  return code && textOf(code)
}

function tablesOf(section: Element): readonly PrintedTable[] {
  const id = attribute(section, 'id') ?? ''
  const children = section.childNodes.filter((node) => defaultTreeAdapter.isElementNode(node))
  return children.flatMap((child, place): readonly PrintedTable[] => {
    const next = children[place + 1]
    const code =
      next?.tagName === 'details' ? [...walk(next)].find(({ tagName }) => tagName === 'code') : undefined
    const sql = code && textOf(code)
    if (child.tagName === 'dl') return [figures(id, child, sql)]
    const table = [...walk(child)].find(({ tagName }) => tagName === 'table')
    return table ? [printed(id, table, sql)] : []
  })
}

function figures(section: string, list: Element, sql: string | undefined): PrintedTable {
  const parts = [...walk(list)]
  const values = parts.filter(({ tagName }) => tagName === 'dd')
  const titles = parts.filter(({ tagName }) => tagName === 'dt').map(textOf)
  return {
    section,
    caption: '',
    columns: values.map((value, place) => ({
      title: titles[place]!,
      column: attribute(value, 'data-column'),
    })),
    rows: [values.map(textOf)],
    sql,
  }
}

function printed(section: string, table: Element, sql: string | undefined): PrintedTable {
  const parts = [...walk(table)]
  const lines = parts.filter(({ tagName }) => tagName === 'tr')
  const cells = (line: Element): readonly Element[] =>
    line.childNodes.filter((node) => defaultTreeAdapter.isElementNode(node))
  const [head, ...body] = lines
  return {
    section,
    caption: textOf(parts.find(({ tagName }) => tagName === 'caption')!),
    columns: cells(head!).map((cell) => ({ title: textOf(cell), column: attribute(cell, 'data-column') })),
    rows: body.map((line) => cells(line).map(textOf)),
    values: body.map((line) => cells(line).map((cell) => attribute(cell, 'data-value'))),
    sql,
  }
}

function* walk(node: Node): Generator<Element> {
  if (defaultTreeAdapter.isElementNode(node)) yield node
  if ('childNodes' in node) for (const child of node.childNodes) yield* walk(child)
}

function attribute({ attrs }: Element, name: string): string | undefined {
  return attrs.find((one) => one.name === name)?.value
}

function textOf(node: Node): string {
  if (defaultTreeAdapter.isTextNode(node)) return node.value
  if (
    !('childNodes' in node) ||
    ('namespaceURI' in node && node.namespaceURI === html.NS.SVG && node.tagName === 'style')
  )
    return ''
  return node.childNodes.map(textOf).join('')
}
