/**
 * Holds that signatures of `packages/core` say what they touch: no value with more than eight members is a parameter of more than ten
 * functions. A `Pick` of such a value is a value of its own. With the name of a type as argument it lists the functions that take it.
 */
import { readdirSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import ts from 'typescript'

const mostMembers = 8
const mostFunctions = 10
const root = dirname(dirname(fileURLToPath(import.meta.url)))
const core = join(root, 'packages/core')
const asked = process.argv[2]

const files = readdirSync(core, { recursive: true, encoding: 'utf8' })
  .filter((file) => /\/src\/.*\.ts$/.test(file) && !/\.test\.|\.fixture\.|\/testing\//.test(file))
  .map((file) => join(core, file))
const program = ts.createProgram(files, {
  target: ts.ScriptTarget.ES2023,
  lib: ['lib.es2023.d.ts', 'lib.esnext.disposable.d.ts'],
  module: ts.ModuleKind.NodeNext,
  moduleResolution: ts.ModuleResolutionKind.NodeNext,
  customConditions: ['source'],
  types: ['node'],
  allowImportingTsExtensions: true,
  strict: true,
  noEmit: true,
  skipLibCheck: true,
})
const checker = program.getTypeChecker()

/** Functions by the name of the wide value that they take. */
const takers = new Map()
for (const source of program.getSourceFiles()) if (files.includes(source.fileName)) visit(source)

const wide = [...takers].filter(([, { functions }]) => functions.length > mostFunctions)
for (const [name, { members, functions }] of asked ? takers : wide)
  if (!asked || name === asked)
    console.error(
      `${name} has ${members} members and is a parameter of ${functions.length} functions${asked ? `:\n  ${functions.join('\n  ')}` : '; pass a part of it (Pick), or group its members'}`,
    )
process.exit(wide.length > 0 ? 1 : 0)

function visit(node) {
  if (isNamedFunction(node)) for (const parameter of node.parameters) note(node, parameter)
  ts.forEachChild(node, visit)
}

/** Functions with a name: what is written where it is passed belongs to the function around it. */
function isNamedFunction(node) {
  if (ts.isFunctionDeclaration(node) || ts.isMethodDeclaration(node)) return true
  return (
    (ts.isArrowFunction(node) || ts.isFunctionExpression(node)) &&
    (ts.isVariableDeclaration(node.parent) || ts.isPropertyAssignment(node.parent))
  )
}

function note(node, parameter) {
  const type = checker.getTypeAtLocation(parameter)
  const symbol = type.aliasSymbol ?? type.symbol
  const declared = symbol?.declarations?.[0]?.getSourceFile().fileName ?? ''
  if (!declared.startsWith(root) || declared.includes('node_modules') || symbol.name.startsWith('__')) return
  if (checker.isArrayLikeType(type) || (type.flags & ts.TypeFlags.Object) === 0) {
    if (!type.isUnion() || type.types.some((one) => (one.flags & ts.TypeFlags.Object) === 0)) return
  }
  const parts = type.isUnion() ? type.types : [type]
  const members = Math.max(...parts.map((part) => checker.getPropertiesOfType(part).length))
  if (members <= mostMembers) return
  const known = takers.get(symbol.name) ?? { members, functions: [] }
  const owner = node.name ?? node.parent.name
  known.functions.push(`${node.getSourceFile().fileName.slice(core.length + 1)} ${owner.getText()}`)
  takers.set(symbol.name, known)
}
