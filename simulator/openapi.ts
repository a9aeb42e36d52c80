import { pathToFileURL } from 'node:url';
import { Document, isMap, isScalar, visit } from 'yaml';
import * as z from 'zod';
import { operations, systems } from './catalogue.ts';
import type { Operation } from './operation.ts';
import { scriptSchema } from './scripts.ts';

/** The contract of the underlying systems as an OpenAPI 3.1 document, made from the operations. */
export function describeApi(): unknown {
  return {
    openapi: '3.1.0',
    info: {
      title: 'Underlying systems',
      version: '1.0.0',
      summary: 'What Milepost asks of warehouse, carrier, network, billing and the other systems.',
      description: introduction,
    },
    servers: [
      {
        url: 'http://127.0.0.1:{port}/systems/{system}',
        description: 'The simulator. In production every system has a base URL and a credential of its own.',
        variables: {
          port: { default: '8090' },
          system: { default: 'warehouse', enum: systems },
        },
      },
    ],
    security: [{ credential: [] }],
    tags: systems.map((name) => ({ name })),
    paths: {
      ...Object.fromEntries(
        operations.map((operation) => [`/${operation.name}`, describeOperation(operation)]),
      ),
      ...controlPaths,
    },
    components: {
      securitySchemes: {
        credential: { type: 'http', scheme: 'bearer', description: 'The credential of the system.' },
      },
      parameters: {
        IdempotencyKey: headerParameter('Idempotency-Key', true, 'The same for every retry of a step.'),
        CorrelationId: headerParameter('X-Correlation-Id', false, 'The order number.'),
        Step: headerParameter('X-Step', false, 'Suborder and step, so that a double effect can be seen.'),
      },
      schemas: {
        Problem: schemaOf(problemSchema, 'output'),
        Script: schemaOf(scriptSchema, 'input'),
      },
      responses: {
        Pending: {
          description: 'Accepted but not done: the same call later gives the answer.',
          headers: { 'Retry-After': { schema: { type: 'integer' }, description: 'Seconds.' } },
          content: jsonContent({ type: 'object', properties: { status: { const: 'pending' } } }),
        },
        Malformed: problemResponse('The Idempotency-Key is missing, or the body is not valid.'),
        Unauthorized: problemResponse('The credential is missing or wrong.'),
        Conflict: problemResponse('Another change is under way (CONFLICT): try again.'),
        Throttled: problemResponse('Too many requests (THROTTLED): try again later.'),
        Unavailable: problemResponse('The system is not available (UNAVAILABLE): try again later.'),
        Timeout: problemResponse('No answer in time (TIMEOUT): the effect may have happened; try again.'),
      },
    },
  };
}

const introduction = `Every operation is a POST with JSON to {base URL of the system}/{operation}.

- A call with the Idempotency-Key and the body of an earlier one gets the same answer and has no second effect. The
  key with another body is refused with 422 and the code IDEMPOTENCY_KEY_REUSED. Keys count per system.
- 422 with any other code is a business rejection: it has no effect, and trying again does not help unless something
  changes. It is not remembered, so the same key may be used again.
- 409, 429, 503 and 504 are technical: try again with the same key.
- 202 means that the work is not done yet: make the same call again after Retry-After.
- An operation that takes another back gets the outputs of that one in its body. Fields that are not listed are ignored.

The paths under /control exist only in the simulator, at its root.
`;

const problemSchema = z
  .object({
    type: z.string(),
    title: z.string(),
    status: z.int(),
    code: z.string().meta({ description: 'What went wrong, such as OUT_OF_STOCK.' }),
    detail: z.string(),
  })
  .meta({ description: 'Problem details (RFC 9457).' });

function describeOperation({ name, title, system, undoes, input, output, rejections }: Operation): unknown {
  const codes = Object.entries(rejections).map(([code, meaning]) => `\`${code}\` ${meaning}`);
  const takesBack = undoes.map((other) => `\`${other}\``).join(' or ');
  return {
    post: {
      operationId: name,
      summary: title,
      ...(takesBack ? { description: `Takes back the effect of ${takesBack}.` } : {}),
      tags: [system],
      parameters: ['IdempotencyKey', 'CorrelationId', 'Step'].map((parameter) => ({
        $ref: `#/components/parameters/${parameter}`,
      })),
      requestBody: { required: true, content: jsonContent(schemaOf(input, 'input')) },
      responses: {
        '200': { description: 'Done.', content: jsonContent(schemaOf(output, 'output')) },
        '202': responseRef('Pending'),
        '400': responseRef('Malformed'),
        '401': responseRef('Unauthorized'),
        '409': responseRef('Conflict'),
        '422': problemResponse(
          ['Rejected.', ...codes, '`IDEMPOTENCY_KEY_REUSED` The key was used before.'].join('\n- '),
        ),
        '429': responseRef('Throttled'),
        '503': responseRef('Unavailable'),
        '504': responseRef('Timeout'),
      },
    },
  };
}

const simulatorRoot = [{ url: 'http://127.0.0.1:{port}', variables: { port: { default: '8090' } } }];
const correlationQuery = { name: 'correlationId', in: 'query', schema: { type: 'string' } };
const done = { '204': { description: 'Done.' } };

const controlPaths = {
  '/control/scripts': {
    servers: simulatorRoot,
    post: {
      summary:
        'Say what the next matching calls are answered; scripts are used up in the order in which they came',
      tags: ['control'],
      security: [],
      requestBody: { required: true, content: jsonContent({ $ref: '#/components/schemas/Script' }) },
      responses: done,
    },
    delete: { summary: 'Forget all scripts', tags: ['control'], security: [], responses: done },
  },
  '/control/ledger': {
    servers: simulatorRoot,
    get: {
      summary: 'Effects, oldest first',
      tags: ['control'],
      security: [],
      parameters: [
        correlationQuery,
        { ...correlationQuery, name: 'system' },
        { ...correlationQuery, name: 'operation' },
      ],
      responses: { '200': { description: 'The effects.' } },
    },
    delete: {
      summary: 'Forget effects, idempotency keys and messages',
      tags: ['control'],
      security: [],
      responses: done,
    },
  },
  '/control/messages': controlRead('Messages sent to customers, oldest first', [correlationQuery]),
  '/control/effects/double': controlRead('Effects that should not be there', []),
  '/control/operations': controlRead('Systems and their operations', []),
  '/control/health': controlRead('Whether the simulator runs', []),
};

function controlRead(summary: string, parameters: readonly unknown[]): unknown {
  return {
    servers: simulatorRoot,
    get: {
      summary,
      tags: ['control'],
      security: [],
      parameters,
      responses: { '200': { description: 'The list, or the state.' } },
    },
  };
}

function headerParameter(name: string, required: boolean, description: string): unknown {
  return { name, in: 'header', required, description, schema: { type: 'string', minLength: 1 } };
}

function schemaOf(schema: z.ZodType, io: 'input' | 'output'): unknown {
  const { $schema: _dialect, ...rest } = z.toJSONSchema(schema, {
    io,
    unrepresentable: 'any',
    // What a format or a type says already is only noise to a reader.
    override: ({ jsonSchema }) => {
      if (jsonSchema.format !== undefined) delete jsonSchema.pattern;
      if (jsonSchema.maximum === Number.MAX_SAFE_INTEGER) delete jsonSchema.maximum;
      if (jsonSchema.minimum === Number.MIN_SAFE_INTEGER) delete jsonSchema.minimum;
      if (io === 'output') delete jsonSchema.additionalProperties;
    },
  });
  return rest;
}

function jsonContent(schema: unknown): unknown {
  return { 'application/json': { schema } };
}

function problemResponse(description: string): unknown {
  return {
    description,
    content: { 'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' } } },
  };
}

function responseRef(name: string): unknown {
  return { $ref: `#/components/responses/${name}` };
}

/** {@link describeApi} as YAML, as it is kept in `docs/underlying-systems.openapi.yaml`. */
export function apiDocument(): string {
  const document = new Document(describeApi(), { aliasDuplicateObjects: false });
  visit(document, {
    Map: (_key, node) => {
      node.flow = node.items.length === 1 && node.has('$ref');
    },
    Seq: (_key, node) => {
      node.flow = node.items.every((item) => isScalar(item) || (isMap(item) && item.has('$ref')));
    },
  });
  return document.toString({ lineWidth: 110, blockQuote: 'literal' });
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) process.stdout.write(apiDocument());
