/** The bits of one value in every number format that safetensors knows. */
export const DTYPE_BITS: Readonly<Record<string, number>> = {
  BOOL: 8,
  F4: 4,
  F6_E2M3: 6,
  F6_E3M2: 6,
  U8: 8,
  I8: 8,
  F8_E4M3: 8,
  F8_E5M2: 8,
  F8_E8M0: 8,
  F8_E4M3FNUZ: 8,
  F8_E5M2FNUZ: 8,
  I16: 16,
  U16: 16,
  F16: 16,
  BF16: 16,
  I32: 32,
  U32: 32,
  F32: 32,
  I64: 64,
  U64: 64,
  F64: 64,
  C64: 64,
};

/** A number format that is read as numbers. */
export type FloatDtype = "F16" | "BF16" | "F32" | "F64";

/** Every {@linkcode FloatDtype}. */
export const FLOAT_DTYPES: readonly FloatDtype[] = ["F16", "BF16", "F32", "F64"];

/** A number format that is written: 32 bits, 16 (half precision), or 8: whole numbers with a scale for each row. */
export type StorageDtype = "F32" | "F16" | "I8";

/** Every {@linkcode StorageDtype}. */
export const STORAGE_DTYPES: readonly StorageDtype[] = ["F32", "F16", "I8"];

/** What the name of a tensor's scales ends in, after the tensor's own name. */
export const SCALE_SUFFIX = ".scale";
