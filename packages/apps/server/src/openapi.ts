type Node = Readonly<Record<string, unknown>>
type Content = Readonly<Record<string, { readonly schema?: unknown }>>

const methods = ['get', 'post', 'put', 'delete', 'patch']

/**
 * The document of /openapi.json as it is true of this server: each operation has a name, problems are application/problem+json (RFC 9457),
 * whatever the good answer is, and a body that is not needed is not required. `optional` says whose bodies are.
 */
export function tidyDocument(document: Node, optional: (method: string, path: string) => boolean): Node {
  const paths = Object.entries(document.paths as Readonly<Record<string, Node>>).map(([path, item]) => [
    path,
    Object.fromEntries(
      Object.entries(item).map(([method, operation]) => [
        method,
        methods.includes(method) ? tidyOperation(operation as Node, { method, path, optional }) : operation,
      ]),
    ),
  ])
  return { ...document, paths: Object.fromEntries(paths) }
}

function tidyOperation(
  operation: Node,
  {
    method,
    path,
    optional,
  }: {
    readonly method: string
    readonly path: string
    readonly optional: (method: string, path: string) => boolean
  },
): Node {
  const responses = Object.entries((operation.responses ?? {}) as Readonly<Record<string, Node>>).map(
    ([status, response]) => [status, Number(status) >= 400 ? asProblem(response) : asAnswer(response)],
  )
  const body = operation.requestBody as Node | undefined
  return {
    operationId: operationId(method, path),
    ...operation,
    ...(body ? { requestBody: { ...body, required: !optional(method, path) } } : {}),
    responses: Object.fromEntries(responses),
  }
}

const table = {
  type: 'object',
  properties: { rows: { type: 'array', items: { type: 'object', additionalProperties: true } } },
  required: ['rows'],
  additionalProperties: true,
}

/** Media types by their names alone; JSON that a route streams is a table. */
function asAnswer(response: Node): Node {
  if (response.content === undefined) return response
  const content = Object.entries(response.content as Content).map(([type, { schema }]) => {
    const name = type.split(';')[0]!
    const streamed = (schema as { readonly type?: string } | undefined)?.type === 'string'
    return [name, { schema: name === 'application/json' && streamed ? table : schema }]
  })
  return { ...response, content: Object.fromEntries(content) }
}

function asProblem(response: Node): Node {
  const schema = Object.values((response.content ?? {}) as Content)[0]?.schema
  return schema === undefined
    ? response
    : { ...response, content: { 'application/problem+json': { schema } } }
}

/** `get /api/v1/pipelines/{name}/runs` is `getPipelinesByNameRuns`. */
function operationId(method: string, path: string): string {
  const words = path
    .replace(/^\/api\/v\d+/, '')
    .split(/[/.]/)
    .filter(Boolean)
    .map((part) => part.replace(/^\{(.*)\}$/, 'by-$1'))
  const camel = words.flatMap((word) => word.split(/[^a-z0-9]+/i)).filter(Boolean)
  return [method, ...camel.map((word) => word[0]!.toUpperCase() + word.slice(1))].join('')
}
