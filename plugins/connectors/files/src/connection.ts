import { statSync } from 'node:fs'
import { isAbsolute, join } from 'node:path'
import { defineConnection, type FilesConnection, type Static, sourceFailed, t } from '@sillage/sdk'

const config = t.object({
  folder: t.text({
    minLength: 1,
    description: 'The folder for paths of stages, relative to the file that declares the connection.',
  }),
})

export default defineConnection<Static<typeof config>, FilesConnection>({
  name: 'folder',
  roles: ['files'],
  summary: 'A folder that contains the files of stages.',
  config,
  // The files are the source, not the folder in which they are today.
  identity: () => undefined,
  open: ({ config: { folder }, context: { resolve } }) => ({
    resolve: (path) => (isAbsolute(path) ? path : join(resolve(folder), path)),
  }),
  test: ({ config: { folder }, context: { resolve } }) => {
    const found = statSync(resolve(folder), { throwIfNoEntry: false })
    if (found?.isDirectory()) return 'it is there'
    throw sourceFailed({
      code: 'folder_not_found',
      message: `there is no folder ${folder}`,
      hint: 'make it, or write its path from the file that declares the connection',
    })
  },
})
