import * as z from 'zod';
import { DanglingReferenceError, TemplateError, UnknownIntrinsicError } from './template-errors.ts';
import {
  isJsonObject,
  type Json,
  type JsonObject,
  type Template,
  templateSchema,
} from './template-schema.ts';

export { DanglingReferenceError, TemplateError, UnknownIntrinsicError } from './template-errors.ts';
export type { Json, JsonObject } from './template-schema.ts';

/** A resource whose properties still hold intrinsic functions. */
export interface UnresolvedResource {
  readonly type: string;
  readonly properties: JsonObject;
  readonly metadata: JsonObject;
}

/** A resource with every intrinsic function in its properties replaced. */
export interface ResolvedResource {
  readonly type: string;
  readonly properties: JsonObject;
  /** As it stands in the template. */
  readonly metadata: JsonObject;
  /** Logical ids it must be created after, explicit ones only, without those that are not created. */
  readonly dependsOn: readonly string[];
  /** Name of the condition (which was true) that it depends on. */
  readonly condition?: string;
}

/** Replaces the intrinsic functions in a part of the template, such as a property that gives a name. */
export type Resolve = (value: Json, path?: string) => Json;

/** Where a template is deployed, and what its references stand for. */
export interface TemplateContext {
  readonly region: string;
  readonly account: string;
  readonly stackName: string;
  /** Values of template parameters; a parameter without one takes its default. */
  readonly parameters?: Readonly<Record<string, string | readonly string[]>>;
  /** Exports of other stacks by export name, for `Fn::ImportValue`. */
  readonly imports?: ReadonlyMap<string, Json>;
  /** What `Ref` of a resource gives. Called once per resource; `resolve` serves explicit names. */
  physicalId(logicalId: string, resource: UnresolvedResource, resolve: Resolve): string;
  /** What `Fn::GetAtt` gives; undefined when the resource has no such attribute. */
  attribute(
    logicalId: string,
    attributeName: string,
    resource: UnresolvedResource,
    resolve: Resolve,
  ): Json | undefined;
}

/** Outcome of {@link resolveTemplate}; the order is that of the template. */
export interface ResolvedTemplate {
  /** By logical id, without those whose condition is false. */
  readonly resources: ReadonlyMap<string, ResolvedResource>;
  /** Values by export name. */
  readonly exports: ReadonlyMap<string, Json>;
  /** Values by output name. */
  readonly outputs: ReadonlyMap<string, Json>;
}

/**
 * Resolves a CloudFormation template: conditions, parameters and intrinsic functions as in the CloudFormation
 * user guide, "Intrinsic function reference" and "Pseudo parameters". Dynamic references (`{{resolve:…}}`) are
 * left as text.
 *
 * @throws TemplateError (UnknownIntrinsicError, DanglingReferenceError) naming the place in the template.
 */
export function resolveTemplate(template: unknown, context: TemplateContext): ResolvedTemplate {
  const parsed = templateSchema.safeParse(template);
  if (!parsed.success) throw new TemplateError('Template', z.prettifyError(parsed.error));
  if (parsed.data.Transform !== undefined)
    throw new TemplateError('Transform', 'macros and transforms are not supported');
  return new TemplateResolver(parsed.data, context).resolve();
}

/** Stands for `AWS::NoValue`: what holds it loses the property or list item. */
const noValue = Symbol('AWS::NoValue');
type Resolved = Json | typeof noValue;

/** Where in the template an expression stands; conditions may not look at resources. */
interface Place {
  readonly path: string;
  readonly inCondition: boolean;
}

type Intrinsic = (argument: Json, place: Place) => Resolved;

class TemplateResolver {
  readonly #template: Template;
  readonly #context: TemplateContext;
  readonly #physicalIds = new Map<string, string>();
  readonly #conditions = new Map<string, boolean>();
  readonly #underWay = new Set<string>();
  readonly #intrinsics: ReadonlyMap<string, Intrinsic>;

  constructor(template: Template, context: TemplateContext) {
    this.#template = template;
    this.#context = context;
    this.#intrinsics = new Map<string, Intrinsic>([
      ['Ref', (argument, place) => this.#ref(text(argument, place), place)],
      ['Fn::GetAtt', (argument, place) => this.#getAtt(argument, place)],
      ['Fn::Sub', (argument, place) => this.#sub(argument, place)],
      ['Fn::Join', (argument, place) => this.#join(argument, place)],
      ['Fn::Select', (argument, place) => this.#select(argument, place)],
      ['Fn::Split', (argument, place) => this.#split(argument, place)],
      ['Fn::If', (argument, place) => this.#if(argument, place)],
      ['Fn::FindInMap', (argument, place) => this.#findInMap(argument, place)],
      ['Fn::ImportValue', (argument, place) => this.#importValue(argument, place)],
      [
        'Fn::Base64',
        (argument, place) => Buffer.from(this.#scalar(argument, place), 'utf8').toString('base64'),
      ],
      ['Fn::Equals', (argument, place) => this.#equals(argument, place)],
      ['Fn::And', (argument, place) => this.#operands(argument, place, 2).every(Boolean)],
      ['Fn::Or', (argument, place) => this.#operands(argument, place, 2).some(Boolean)],
      ['Fn::Not', (argument, place) => !this.#operands(argument, place, 1)[0]],
    ]);
  }

  resolve(): ResolvedTemplate {
    const resources = new Map<string, ResolvedResource>();
    for (const [logicalId, resource] of Object.entries(this.#template.Resources)) {
      const path = `Resources.${logicalId}`;
      if (!this.#applies(resource.Condition, `${path}.Condition`)) continue;
      resources.set(logicalId, {
        type: resource.Type,
        properties: this.#object(resource.Properties, { path: `${path}.Properties`, inCondition: false }),
        metadata: resource.Metadata,
        dependsOn: resource.DependsOn.filter((other, index) => {
          const target = this.#template.Resources[other];
          const at = `${path}.DependsOn[${index}]`;
          if (!target) throw new DanglingReferenceError(at, `there is no resource "${other}"`);
          return this.#applies(target.Condition, at);
        }),
        ...(resource.Condition === undefined ? {} : { condition: resource.Condition }),
      });
    }
    const exports = new Map<string, Json>();
    const outputs = new Map<string, Json>();
    for (const [name, output] of Object.entries(this.#template.Outputs)) {
      const path = `Outputs.${name}`;
      if (!this.#applies(output.Condition, `${path}.Condition`)) continue;
      const value = this.#value(output.Value, { path: `${path}.Value`, inCondition: false });
      outputs.set(name, value);
      if (output.Export) {
        const place = { path: `${path}.Export.Name`, inCondition: false };
        const exportName = this.#scalar(output.Export.Name, place);
        if (exports.has(exportName)) throw new TemplateError(place.path, `"${exportName}" is exported twice`);
        exports.set(exportName, value);
      }
    }
    return { resources, exports, outputs };
  }

  #any(value: Json, place: Place): Resolved {
    if (Array.isArray(value)) {
      return value
        .map((item, index) => this.#any(item, { ...place, path: `${place.path}[${index}]` }))
        .filter((item) => item !== noValue);
    }
    if (!isJsonObject(value)) return value;
    const keys = Object.keys(value);
    const name = keys.find((key) => key.startsWith('Fn::')) ?? (keys.length === 1 ? keys[0] : undefined);
    const isCondition = name === 'Condition' && place.inCondition;
    if (name === undefined || !(name === 'Ref' || name.startsWith('Fn::') || isCondition))
      return this.#object(value, place);
    if (keys.length > 1)
      throw new TemplateError(place.path, `${name} must be the only key, not beside ${keys.join(', ')}`);
    const argument = value[name] ?? null;
    const inner = { ...place, path: `${place.path}.${name}` };
    if (isCondition) return this.#condition(text(argument, inner), inner.path);
    const intrinsic = this.#intrinsics.get(name);
    if (!intrinsic) throw new UnknownIntrinsicError(place.path, `${name} is not supported`);
    return intrinsic(argument, inner);
  }

  #object(value: JsonObject, place: Place): JsonObject {
    const result: Record<string, Json> = {};
    for (const [key, item] of Object.entries(value)) {
      const resolved = this.#any(item, { ...place, path: `${place.path}.${key}` });
      if (resolved !== noValue) result[key] = resolved;
    }
    return result;
  }

  #value(value: Json, place: Place): Json {
    const resolved = this.#any(value, place);
    if (resolved === noValue) throw new TemplateError(place.path, 'AWS::NoValue is not a value here');
    return resolved;
  }

  #scalar(value: Json, place: Place): string {
    return scalarText(this.#value(value, place), place);
  }

  /** The arguments of a function that takes a list of `counts[0]` (to `counts[1]`) of them, not yet resolved. */
  #arguments(argument: Json, place: Place, least: number, most = least): readonly Json[] {
    if (!Array.isArray(argument) || argument.length < least || argument.length > most)
      throw new TemplateError(
        place.path,
        `takes a list of ${least === most ? least : `${least} to ${most}`}`,
      );
    return argument;
  }

  #ref(name: string, place: Place): Resolved {
    const { region, account, stackName } = this.#context;
    switch (name) {
      case 'AWS::NoValue':
        return noValue;
      case 'AWS::Region':
        return region;
      case 'AWS::AccountId':
        return account;
      case 'AWS::Partition':
        return 'aws';
      case 'AWS::URLSuffix':
        return 'amazonaws.com';
      case 'AWS::StackName':
        return stackName;
      case 'AWS::StackId':
        return `arn:aws:cloudformation:${region}:${account}:stack/${stackName}/00000000-0000-4000-8000-000000000000`;
      default:
        return this.#parameter(name, place) ?? this.#physicalId(name, place);
    }
  }

  #parameter(name: string, place: Place): Json | undefined {
    const declared = this.#template.Parameters[name];
    if (!declared) return undefined;
    const value = this.#context.parameters?.[name] ?? declared.Default;
    if (value === undefined) throw new DanglingReferenceError(place.path, `parameter "${name}" has no value`);
    const isList = declared.Type === 'CommaDelimitedList' || declared.Type.includes('List<');
    if (isList && !Array.isArray(value))
      return String(value)
        .split(',')
        .map((item) => item.trim());
    return typeof value === 'number' ? String(value) : value;
  }

  #physicalId(logicalId: string, place: Place): string {
    const known = this.#physicalIds.get(logicalId);
    if (known !== undefined) return known;
    const resource = this.#resource(logicalId, place);
    const id = this.#once(`the name of ${logicalId}`, place, () =>
      this.#context.physicalId(logicalId, resource, this.#resolveFor(logicalId)),
    );
    this.#physicalIds.set(logicalId, id);
    return id;
  }

  #resource(logicalId: string, place: Place): UnresolvedResource {
    const resource = this.#template.Resources[logicalId];
    if (!resource)
      throw new DanglingReferenceError(place.path, `there is no parameter or resource "${logicalId}"`);
    if (place.inCondition)
      throw new TemplateError(place.path, `a condition cannot look at resource "${logicalId}"`);
    if (!this.#applies(resource.Condition, `Resources.${logicalId}.Condition`))
      throw new DanglingReferenceError(
        place.path,
        `resource "${logicalId}" is not created, as condition "${resource.Condition}" is false`,
      );
    return { type: resource.Type, properties: resource.Properties, metadata: resource.Metadata };
  }

  #resolveFor(logicalId: string): Resolve {
    return (value, path = `Resources.${logicalId}.Properties`) =>
      this.#value(value, { path, inCondition: false });
  }

  #attribute(logicalId: string, attributeName: string, place: Place): Json {
    const resource = this.#resource(logicalId, place);
    const value = this.#once(`${logicalId}.${attributeName}`, place, () =>
      this.#context.attribute(logicalId, attributeName, resource, this.#resolveFor(logicalId)),
    );
    if (value === undefined)
      throw new DanglingReferenceError(
        place.path,
        `resource "${logicalId}" (${resource.type}) has no attribute "${attributeName}"`,
      );
    return value;
  }

  #getAtt(argument: Json, place: Place): Json {
    if (typeof argument === 'string') {
      const dot = argument.indexOf('.');
      if (dot < 1) throw new TemplateError(place.path, `"${argument}" names no attribute`);
      return this.#attribute(argument.slice(0, dot), argument.slice(dot + 1), place);
    }
    const [logicalId = null, attributeName = null] = this.#arguments(argument, place, 2);
    return this.#attribute(text(logicalId, place), this.#scalar(attributeName, place), place);
  }

  #sub(argument: Json, place: Place): string {
    const [template = null, given = {}] = Array.isArray(argument)
      ? this.#arguments(argument, place, 2)
      : [argument];
    if (!isJsonObject(given)) throw new TemplateError(place.path, 'takes an object of variables');
    return text(template, place).replace(/\$\{(!?)([^}]*)\}/g, (_match, literal: string, name: string) => {
      if (literal) return `\${${name}}`;
      const variable = name.trim();
      const at = { ...place, path: `${place.path}(${variable})` };
      if (Object.hasOwn(given, variable)) return this.#scalar(given[variable] ?? null, at);
      const value = variable.includes('.') ? this.#getAtt(variable, at) : this.#ref(variable, at);
      if (value === noValue) throw new TemplateError(at.path, 'AWS::NoValue is not a value here');
      return scalarText(value, at);
    });
  }

  #join(argument: Json, place: Place): string {
    const [delimiter = null, items = null] = this.#arguments(argument, place, 2);
    return this.#list(items, place)
      .map((item) => scalarText(item, place))
      .join(text(delimiter, place));
  }

  #select(argument: Json, place: Place): Json {
    const [position = null, items = null] = this.#arguments(argument, place, 2);
    const list = this.#list(items, place);
    const index = this.#scalar(position, place);
    const chosen = /^\d+$/.test(index) ? list[Number(index)] : undefined;
    if (chosen === undefined)
      throw new TemplateError(place.path, `there is no item ${index} in a list of ${list.length}`);
    return chosen;
  }

  #split(argument: Json, place: Place): string[] {
    const [delimiter = null, source = null] = this.#arguments(argument, place, 2);
    const separator = text(delimiter, place);
    if (separator === '') throw new TemplateError(place.path, 'the delimiter is empty');
    return this.#scalar(source, place).split(separator);
  }

  #if(argument: Json, place: Place): Resolved {
    const [name = null, whenTrue = null, whenFalse = null] = this.#arguments(argument, place, 3);
    const chosen = this.#condition(text(name, place), place.path);
    return this.#any(chosen ? whenTrue : whenFalse, { ...place, path: `${place.path}[${chosen ? 1 : 2}]` });
  }

  #findInMap(argument: Json, place: Place): Json {
    const [map, top, second] = this.#arguments(argument, place, 3).map((key) => this.#scalar(key, place));
    const value = this.#template.Mappings[map ?? '']?.[top ?? '']?.[second ?? ''];
    if (value === undefined)
      throw new DanglingReferenceError(place.path, `there is no mapping ${map}.${top}.${second}`);
    return value;
  }

  #importValue(argument: Json, place: Place): Json {
    const name = this.#scalar(argument, place);
    const value = this.#context.imports?.get(name);
    if (value === undefined) throw new DanglingReferenceError(place.path, `nothing exports "${name}"`);
    return value;
  }

  #equals(argument: Json, place: Place): boolean {
    const [left, right] = this.#arguments(argument, place, 2).map((side) => this.#value(side, place));
    const comparable = (side: Json | undefined) =>
      typeof side === 'object' ? JSON.stringify(side) : String(side);
    return comparable(left) === comparable(right);
  }

  #operands(argument: Json, place: Place, least: number): boolean[] {
    return this.#arguments(argument, place, least, least === 1 ? 1 : 10).map((operand, index) => {
      const at = { ...place, path: `${place.path}[${index}]` };
      const value = this.#value(operand, at);
      if (typeof value !== 'boolean') throw new TemplateError(at.path, 'is not a condition');
      return value;
    });
  }

  #list(value: Json, place: Place): readonly Json[] {
    const list = this.#value(value, place);
    if (!Array.isArray(list)) throw new TemplateError(place.path, 'takes a list');
    return list;
  }

  #applies(condition: string | undefined, path: string): boolean {
    return condition === undefined || this.#condition(condition, path);
  }

  #condition(name: string, path: string): boolean {
    const known = this.#conditions.get(name);
    if (known !== undefined) return known;
    const expression = this.#template.Conditions[name];
    if (expression === undefined) throw new DanglingReferenceError(path, `there is no condition "${name}"`);
    const place = { path: `Conditions.${name}`, inCondition: true };
    const value = this.#once(`condition ${name}`, place, () => this.#value(expression, place));
    if (typeof value !== 'boolean') throw new TemplateError(place.path, 'is not a condition');
    this.#conditions.set(name, value);
    return value;
  }

  /** Runs `work`, unless it is under way already, which means that the template refers to itself. */
  #once<T>(what: string, place: Place, work: () => T): T {
    if (this.#underWay.has(what)) throw new TemplateError(place.path, `${what} depends on itself`);
    this.#underWay.add(what);
    try {
      return work();
    } finally {
      this.#underWay.delete(what);
    }
  }
}

function text(value: Json, place: Place): string {
  if (typeof value !== 'string') throw new TemplateError(place.path, 'takes a text here');
  return value;
}

function scalarText(value: Json, place: Place): string {
  if (typeof value === 'object') throw new TemplateError(place.path, 'takes a text, not a list or an object');
  return String(value);
}
