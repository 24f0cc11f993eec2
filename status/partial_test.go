package status_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/ttwire/ttwire/status"
)

// What could be read of an unreadable business error is shown, and is never
// found by errors.As: it would be taken for a business error.
func TestPartialIsNoCause(t *testing.T) {
	rec := status.Error{Kind: status.Stream, Code: 12003, Message: "m", Partial: &status.Error{Kind: status.Business, Code: 10001, Message: "low balance"}}
	err := rec.Err()
	var biz *status.BizError
	if errors.As(err, &biz) {
		t.Errorf("errors.As found %v", biz)
	}
	if errors.Is(err, status.BizCode(10001)) {
		t.Error("errors.Is matches the business code")
	}
	if detail := fmt.Sprintf("%+v", err); !strings.Contains(detail, "read of it: type:business, code:10001, msg:low balance") {
		t.Errorf("%%+v does not show it:\n%s", detail)
	}
	if v := rec.LogValue().String(); !strings.Contains(v, "partial=") {
		t.Errorf("LogValue does not show it: %s", v)
	}
}

// An exception that the peer contradicts is shown with its type id, which its
// text does not have.
func TestPartialException(t *testing.T) {
	rec := status.Error{Kind: status.Stream, Code: 12003, Partial: &status.Error{Kind: status.Application, Code: 6, Message: "boom\n"}}
	if detail := fmt.Sprintf("%+v", rec.Err()); !strings.Contains(detail, `
	read of it: an exception of type id 6: boom\x0a`) {
		t.Errorf("%%+v does not show it:\n%s", detail)
	}
	var ex interface{ TypeId() int32 }
	if err := rec.Err(); !errors.As(err, &ex) || ex.TypeId() != 12003 || errors.Is(err, status.Application) {
		t.Errorf("%v passes for the exception", err)
	}
}
