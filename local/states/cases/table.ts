import { AwsError } from '#local/aws.ts';
import { isJsonObject, type Json, type JsonObject } from '../json.ts';

/** As much of DynamoDB as the recordings use: items by whole key, `set a = :a`, `key = :value`. */
export class CaseTables {
  readonly #tables = new Map<string, { readonly key: string; readonly items: Map<string, JsonObject> }>();

  create(name: string, key: string): void {
    this.#tables.set(name, { key, items: new Map() });
  }

  /** @throws {AwsError} ValidationException, ResourceNotFoundException */
  call(action: string, input: Readonly<JsonObject>): JsonObject {
    const name = String(input.TableName);
    if (!/^[a-zA-Z0-9_.<>-]+$/.test(name))
      throw new AwsError(
        'ValidationException',
        `1 validation error detected: Value '${name}' at 'tableName' failed to satisfy constraint: ` +
          'Member must satisfy regular expression pattern: [a-zA-Z0-9_.-]+',
      );
    const table = this.#tables.get(name);
    if (!table) throw new AwsError('ResourceNotFoundException', 'Requested resource not found');
    const idOf = (source: Json | undefined): string =>
      JSON.stringify(isJsonObject(source) ? source[table.key] : null);
    switch (action) {
      case 'PutItem':
        table.items.set(idOf(input.Item), isJsonObject(input.Item) ? input.Item : {});
        return {};
      case 'GetItem': {
        const item = table.items.get(idOf(input.Key));
        return item ? { Item: item } : {};
      }
      case 'DeleteItem':
        table.items.delete(idOf(input.Key));
        return {};
      case 'UpdateItem': {
        const changes = assignments(input);
        const old = table.items.get(idOf(input.Key)) ?? (isJsonObject(input.Key) ? input.Key : {});
        table.items.set(idOf(input.Key), { ...old, ...changes });
        return input.ReturnValues === 'UPDATED_NEW' ? { Attributes: changes } : {};
      }
      case 'Query': {
        const wanted = values(input)[/:\w+/.exec(String(input.KeyConditionExpression))?.[0] ?? ''];
        const found = table.items.get(JSON.stringify(wanted));
        const Items = found ? [found] : [];
        return { Count: Items.length, Items, ScannedCount: Items.length };
      }
      default:
        throw new AwsError('UnknownOperationException', action);
    }
  }
}

function values(input: Readonly<JsonObject>): JsonObject {
  return isJsonObject(input.ExpressionAttributeValues) ? input.ExpressionAttributeValues : {};
}

function assignments(input: Readonly<JsonObject>): JsonObject {
  const found = String(input.UpdateExpression).matchAll(/(\w+)\s*=\s*(:\w+)/g);
  return Object.fromEntries(
    [...found].map(([, name = '', value = '']) => [name, values(input)[value] ?? null]),
  );
}
