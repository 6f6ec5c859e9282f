import type { FastifyInstance } from 'fastify'

interface Operation {
  readonly summary?: string
  readonly description?: string
  readonly parameters?: readonly {
    readonly name: string
    readonly in: string
    readonly required?: boolean
    readonly description?: string
    readonly schema?: object
  }[]
  readonly requestBody?: { readonly content?: object }
  readonly responses?: Readonly<Record<string, unknown>>
}

/** /openapi.json, and the same as a page without a script or a request. */
export function apiPageRoutes(app: FastifyInstance): void {
  const hidden = { config: { access: 'public' as const }, schema: { hide: true } }
  app.get('/openapi.json', hidden, async () => app.swagger())
  app.get('/openapi', hidden, async (_, reply) =>
    reply.header('content-type', 'text/html; charset=utf-8').send(page(app.swagger().paths ?? {})),
  )
  app.get('/openapi.css', hidden, async (_, reply) =>
    reply.header('content-type', 'text/css; charset=utf-8').send(style),
  )
}

function page(paths: object): string {
  const parts = Object.entries(
    paths as Readonly<Record<string, Readonly<Record<string, Operation>>>>,
  ).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => section(method, path, operation)),
  )
  return `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Sillage: the API</title>
<link rel="stylesheet" href="openapi.css">
<main>
<h1>Sillage: the API</h1>
<p>The same for machines: <a href="openapi.json">openapi.json</a></p>
${parts.join('\n')}
</main>
</html>
`
}

function section(method: string, path: string, operation: Operation): string {
  const { summary = '', description, parameters = [], requestBody, responses = {} } = operation
  const rows = parameters.map(
    ({ name, in: place, required, description: what = '', schema }) =>
      `<tr><td><code>${escaped(name)}</code><td>${escaped(place)}${required ? ', required' : ''}<td>${escaped(what)} <code>${escaped(JSON.stringify(schema ?? {}))}</code></tr>`,
  )
  return `<section>
<h2><code>${escaped(method.toUpperCase())} ${escaped(path)}</code></h2>
<p>${escaped(summary)}${description === undefined ? '' : `. ${escaped(description)}`}</p>
${rows.length === 0 ? '' : `<table><tr><th>name<th>in<th>what</tr>${rows.join('')}</table>`}
${requestBody ? `<pre>${escaped(JSON.stringify(requestBody.content, null, 1))}</pre>` : ''}
<p>Answers: ${Object.keys(responses).map(escaped).join(', ')}</p>
</section>`
}

function escaped(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
}

const style = `:root { color-scheme: light dark; font: 16px/1.5 system-ui, sans-serif; }
main { max-width: 60rem; margin: 2rem auto; padding: 0 1rem; }
h2 { font-size: 1.1rem; margin-top: 2.5rem; }
table { border-collapse: collapse; width: 100%; }
th, td { text-align: left; vertical-align: top; padding: .25rem .75rem .25rem 0; border-bottom: 1px solid #8884; overflow-wrap: anywhere; }
pre { overflow: auto; font-size: .85rem; }
`
