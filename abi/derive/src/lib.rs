// SPDX-License-Identifier: MIT OR Apache-2.0

#![doc = include_str!("../README.md")]
#![forbid(unsafe_code)]

use proc_macro::TokenStream;
use proc_macro2::{Group, TokenStream as Tokens};
use quote::quote;
use syn::spanned::Spanned;
use syn::token::Paren;
use syn::{Data, DeriveInput, Error, Fields, FieldsNamed, Result, parse_macro_input};

/// See `umd_abi::Wire`.
#[proc_macro_derive(Wire)]
pub fn wire(input: TokenStream) -> TokenStream {
    let input = parse_macro_input!(input as DeriveInput);
    let expanded = expand(&input).unwrap_or_else(Error::into_compile_error);
    expanded.into()
}

fn expand(input: &DeriveInput) -> Result<Tokens> {
    let name = &input.ident;
    let fields = fields(input)?;
    let mut checks = Vec::new();
    let mut end = quote!(0);
    for field in &fields.named {
        let (field, of) = (&field.ident, &field.ty);
        let offset = quote!(::core::mem::offset_of!(#name, #field));
        checks.push(quote! {
            assert!(#offset == #end, "there is padding before a field");
        });
        end = quote!(#offset + ::core::mem::size_of::<#of>());
    }
    Ok(quote! {
        impl ::umd_abi::Wire for #name {}
        const _: () = {
            #(#checks)*
            assert!(
                ::core::mem::size_of::<#name>() == #end,
                "there is padding behind the last field"
            );
        };
    })
}

/// The fields of a struct that C has too, in the same places.
fn fields(input: &DeriveInput) -> Result<&FieldsNamed> {
    let name = &input.ident;
    if !input.generics.params.is_empty() {
        return Err(Error::new_spanned(&input.generics, "C has no generics"));
    }
    let Data::Struct(data) = &input.data else {
        return Err(Error::new_spanned(name, "only a struct can be Wire"));
    };
    if !is_repr_c(input)? {
        return Err(Error::new_spanned(
            name,
            "Wire is for #[repr(C)], and nothing beside C in it",
        ));
    }
    match &data.fields {
        Fields::Named(fields) if !fields.named.is_empty() => Ok(fields),
        other => Err(Error::new(other.span(), "a Wire struct has named fields")),
    }
}

/// Whether there is `#[repr(C)]`, and no other representation.
fn is_repr_c(input: &DeriveInput) -> Result<bool> {
    let mut found = false;
    for attribute in input.attrs.iter().filter(|a| a.path().is_ident("repr")) {
        let mut other = false;
        attribute.parse_nested_meta(|meta| {
            found |= meta.path.is_ident("C");
            other |= !meta.path.is_ident("C");
            if meta.input.peek(Paren) {
                meta.input.parse::<Group>()?;
            }
            Ok(())
        })?;
        if other {
            return Ok(false);
        }
    }
    Ok(found)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn assert_refused(source: &str, because: &str) {
        let input = syn::parse_str(source).unwrap();
        let error = expand(&input).unwrap_err().to_string();
        assert!(error.contains(because), "{error}");
    }

    #[test]
    fn what_c_may_lay_out_otherwise_is_refused() {
        assert_refused("struct A { a: u8 }", "repr(C)");
        assert_refused("#[repr(transparent)] struct A { a: u8 }", "repr(C)");
        assert_refused("#[repr(C, packed)] struct A { a: u8 }", "beside C");
        assert_refused("#[repr(align(8), C)] struct A { a: u8 }", "beside C");
        assert_refused("#[repr(C)] #[repr(align)] struct A { a: u8 }", "beside C");
        assert_refused("#[repr(C)] enum A { B }", "only a struct");
        assert_refused("#[repr(C)] struct A<T> { a: T }", "generics");
        assert_refused("#[repr(C)] struct A(u8);", "named fields");
        assert_refused("#[repr(C)] struct A;", "named fields");
        assert_refused("#[repr(C)] struct A {}", "named fields");
    }

    #[test]
    fn each_field_begins_where_the_one_before_ends() {
        let input = syn::parse_str("#[repr(C)] struct A { a: u8, b: [u8; 3] }").unwrap();
        let code = expand(&input).unwrap().to_string();
        let offset = |field: &str| format!(":: core :: mem :: offset_of ! (A , {field})");
        let size = ":: core :: mem :: size_of ::";
        for expected in [
            format!("assert ! ({} == 0 ,", offset("a")),
            format!(
                "assert ! ({} == {} + {size} < u8 > () ,",
                offset("b"),
                offset("a")
            ),
            format!(
                "{size} < A > () == {} + {size} < [u8 ; 3] > () ,",
                offset("b")
            ),
        ] {
            assert!(code.contains(&expected), "no {expected} in {code}");
        }
    }
}
