/** A definition that this interpreter does not run, refused when it is loaded. */
export class DefinitionError extends Error {
  override readonly name = 'DefinitionError';
}
