-- sqlfluff:exclude_rules:LT02
-- Arithmetic that must be exact where floating point is not.

-- A part's share of an amount with two decimals, rounded half up to six decimals, by whole numbers alone.
create or replace macro apportion(amount, part, whole) as
    cast(
        (2 * cast(amount * 100 as bigint) * part * 10000 + whole) // (2 * whole) as decimal(26, 0)
    ) * cast(0.000001 as decimal(6, 6));

-- Whether weight / height squared reaches a cut, without dividing: weight in kg and height in cm with one decimal.
create or replace macro has_bmi_of(weight_kg, height_cm, cut) as
    weight_kg * 10000
    >= cast(cut as decimal(4, 1)) * cast(height_cm as decimal(5, 1)) * cast(height_cm as decimal(5, 1));

-- What a group would have been paid for its months at the mean pay of another group, rounded up to a millionth of a
-- yuan by whole numbers alone. Pay in fen reaches this amount exactly when its mean reaches the other mean.
create or replace macro pay_at_mean(months, other_pay, other_months) as
    cast(
        months * (cast(other_pay * 100 as bigint) // other_months) * 10000
        + (months * (cast(other_pay * 100 as bigint) % other_months) * 10000 + other_months - 1) // other_months
        as decimal(26, 0)
    ) * cast(0.000001 as decimal(6, 6));
