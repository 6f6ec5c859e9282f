import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import ts from 'typescript'

/** A code as a source writes it, beside `code:` or as the argument of a function that takes one. `isHead`: the rest is made at run time. */
export interface SaidCode {
  readonly code: string
  readonly isHead: boolean
  readonly at: string
}

const root = join(import.meta.dirname, '../../../../..')
const isSource = /(^|\/)src\/(?!(.*(\.test\.|\.fixture\.|\/fixtures\/)|(.*\/)?testing\/)).*\.[cm]?tsx?$/

/** The sources of packages and plugins by path, without tests and without the registry itself. */
export function readSources(): ReadonlyMap<string, string> {
  const files = ['packages', 'plugins'].flatMap((folder) =>
    readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' }).map((file) => join(folder, file)),
  )
  return new Map(
    files
      .filter((file) => isSource.test(file) && !/node_modules|core\/base\/src\/errors\//.test(file))
      .map((file) => [file, readFileSync(join(root, file), 'utf8')]),
  )
}

/** The codes that a source says. */
export function saidCodes(file: string, text: string): readonly SaidCode[] {
  if (!/\bcode\b/.test(text)) return []
  const source = ts.createSourceFile(file, text, ts.ScriptTarget.Latest, true)
  const places = positionsOfCode(source)
  const said: SaidCode[] = []
  walk(source, (node) => {
    for (const value of codeValues(node, places))
      for (const [code, isHead] of textsOf(value))
        said.push({ code, isHead, at: `${file}:${source.getLineAndCharacterOfPosition(value.pos).line + 1}` })
  })
  return said.filter(({ code }) => /^[a-z][a-z0-9_]*$/.test(code))
}

/** Functions of a file that take a parameter `code`, with its position. */
function positionsOfCode(source: ts.SourceFile): ReadonlyMap<string, number> {
  const places = new Map<string, number>()
  walk(source, (node) => {
    if (!ts.isFunctionLike(node)) return
    const place = node.parameters.findIndex(({ name }) => name.getText() === 'code')
    const name = node.name ?? (ts.isVariableDeclaration(node.parent) ? node.parent.name : undefined)
    if (place >= 0 && name) places.set(name.getText(), place)
  })
  return places
}

function codeValues(node: ts.Node, places: ReadonlyMap<string, number>): readonly ts.Expression[] {
  if (ts.isPropertyAssignment(node)) return isCode(node) ? [node.initializer] : []
  const place = ts.isCallExpression(node) ? places.get(node.expression.getText()) : undefined
  const value = place === undefined ? undefined : (node as ts.CallExpression).arguments[place]
  return value ? [value] : []
}

/** Columns of these names (`{ code: 'varchar', message: 'varchar' }`) are no code. */
function isCode({ name, initializer, parent }: ts.PropertyAssignment): boolean {
  const isTwin = (one: ts.ObjectLiteralElementLike): boolean =>
    ts.isPropertyAssignment(one) &&
    one.name.getText() === 'message' &&
    one.initializer.getText() === initializer.getText()
  return name.getText() === 'code' && !parent.properties.some(isTwin)
}

/** The texts that an expression may be: of both branches, of either side, of what is wrapped. */
function textsOf(value: ts.Expression): readonly (readonly [text: string, isHead: boolean])[] {
  if (ts.isStringLiteralLike(value)) return [[value.text, false]]
  if (ts.isTemplateExpression(value)) return [[value.head.text, true]]
  if (ts.isConditionalExpression(value)) return [value.whenTrue, value.whenFalse].flatMap(textsOf)
  if (ts.isBinaryExpression(value)) return [value.left, value.right].flatMap(textsOf)
  if (ts.isParenthesizedExpression(value) || ts.isAsExpression(value)) return textsOf(value.expression)
  return ts.isCallExpression(value) ? value.arguments.flatMap(textsOf) : []
}

function walk(node: ts.Node, visit: (node: ts.Node) => void): void {
  visit(node)
  ts.forEachChild(node, (child) => walk(child, visit))
}
