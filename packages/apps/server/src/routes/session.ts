import type { FastifyInstance } from 'fastify'
import type { Tokens } from '../access/tokens.ts'
import { answers } from './documents.ts'
import { answer, failures } from './schemas.ts'

/** What the token of a request allows: a page asks before it offers what would be refused. */
export function sessionRoutes(app: FastifyInstance, tokens: Tokens): void {
  app.get(
    '/api/v1/session',
    {
      schema: {
        summary: 'What your token allows',
        response: {
          200: answer('The role, and whether the server asks for tokens at all', answers.session),
          ...failures(401),
        },
      },
    },
    async ({ role }) => ({ role, tokens: !tokens.none }),
  )
}
