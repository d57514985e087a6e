// Vendor-Specific (RFC 2865 5.26): a vendor number and, as most vendors write them, attributes of its own.
import { RadiusError } from './errors.ts';
import {
  type Attribute,
  attributesLength,
  decodeAttributes,
  MAX_VALUE_LENGTH,
  writeAttributes,
} from './packet.ts';

const VENDOR_SPECIFIC = 26;
const VENDOR_ID_LENGTH = 4;

/** The contents of one Vendor-Specific attribute that follows the format RFC 2865 suggests. */
export interface VendorAttributes {
  readonly vendor: number;
  readonly attributes: readonly Attribute[];
}

/**
 * Looks into a Vendor-Specific attribute. Undefined when it is of another type or the vendor uses a format of its own:
 * such an attribute is still valid and is passed on as it is. `vendorSpecific` of the result gives the same bytes.
 */
export function readVendorSpecific({ type, value }: Attribute): VendorAttributes | undefined {
  if (type !== VENDOR_SPECIFIC || value.length < VENDOR_ID_LENGTH) return undefined;
  try {
    const attributes = decodeAttributes(value, VENDOR_ID_LENGTH, value.length);
    return { vendor: new DataView(value.buffer, value.byteOffset, 4).getUint32(0), attributes };
  } catch (error) {
    if (error instanceof RadiusError) return undefined;
    throw error;
  }
}

/** Wraps a vendor's attributes. Throws RadiusError when they do not fit one Vendor-Specific attribute. */
export function vendorSpecific({ vendor, attributes }: VendorAttributes): Attribute {
  const length = VENDOR_ID_LENGTH + attributesLength(attributes);
  if (length > MAX_VALUE_LENGTH) throw new RadiusError('bad-value', 'vendor attributes above 253 octets');
  const value = new Uint8Array(length);
  new DataView(value.buffer).setUint32(0, vendor);
  writeAttributes(attributes, value, VENDOR_ID_LENGTH);
  return { type: VENDOR_SPECIFIC, value };
}
